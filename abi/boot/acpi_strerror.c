/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of the ACPI reader, apart from it so that a build without strings can drop them. */
#include "boot/acpi.h"

const char *acpi_strerror(enum acpi_error error)
{
    static const char *const text[ACPI_E_COUNT] = {
        [ACPI_OK] = "the table is valid",
        [ACPI_E_SHORT] = "memory ends before the table does",
        [ACPI_E_SIGNATURE] = "another signature stands there",
        [ACPI_E_LENGTH] = "its length is impossible",
        [ACPI_E_CHECKSUM] = "its checksum is wrong",
        [ACPI_E_ENTRY] = "it has a malformed entry",
        [ACPI_E_ADDRESS] = "it has an address that cannot be",
        [ACPI_E_MISSING] = "it lacks what is needed",
        [ACPI_E_TOO_MANY] = "it has too many entries of one kind",
    };

    if ((unsigned)error >= ACPI_E_COUNT || text[error] == NULL) return "unknown error of a table";
    return text[error];
}
