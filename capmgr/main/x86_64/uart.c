/* SPDX-License-Identifier: Apache-2.0 */
/* The console for the manager's last words: a 16550 at the I/O ports that the device tree names. */
#include "boot/fdt.h"
#include "main.h"

#define PORTS 8u
#define DATA 0u
#define STATUS 5u
#define STATUS_EMPTY 0x20u
#define WAIT_STEPS 100000u

static uint32_t uart = CM_NONE; /* own slot of its ports */

bool uart_open(void)
{
    uint64_t argument[5] = {0, PORTS, FUT_REGION_PORT, 0, 0};
    const struct fdt *tree = device_tree();
    uint32_t record = CM_NONE, slot;
    struct fdt_chosen chosen;
    struct fdt_range ports;

    if (tree == NULL || fdt_chosen_read(tree, &chosen) != FDT_OK || chosen.stdout_path == NULL)
        return false;
    if (fdt_ports(tree, fdt_find_path(tree, chosen.stdout_path), 0, &ports) != FDT_OK ||
        ports.size < PORTS)
        return false;
    argument[0] = ports.base;
    if (nuc_create(FUT_TYPE_REGION, &record, &slot, argument) != CM_OK) return false;
    uart = slot;
    return true;
}

void uart_put(uint8_t byte)
{
    uint64_t status = 0;
    uint32_t i;

    if (uart == CM_NONE) return;
    for (i = 0; i < WAIT_STEPS && (status & STATUS_EMPTY) == 0; i++) {
        if (fut_sys_io_port(uart, STATUS, 1, 0, &status) != FUT_S_OK) return;
    }
    (void)fut_sys_io_port(uart, DATA, 1 | FUT_IO_PORT_WRITE, byte, &status);
}
