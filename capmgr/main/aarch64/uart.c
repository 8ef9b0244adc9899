/* SPDX-License-Identifier: Apache-2.0 */
/* The console for the manager's last words: a PL011, mapped in the manager's space. */
#include "main.h"
#include "uart/early_pl011.h"

static uintptr_t uart;

bool uart_open(void)
{
    uint64_t argument[5] = {boot->uart_base / PAGE, 1, FUT_REGION_MMIO, 0, 0}, level;
    uint32_t record = CM_NONE, slot, table, tries;
    fut_status s = FUT_S_TABLE;

    if (boot->uart_base == 0) return false;
    if (nuc_create(FUT_TYPE_REGION, &record, &slot, argument) != CM_OK) return false;
    for (tries = 0; tries < FUT_PT_LEVELS + 1 && s == FUT_S_TABLE; tries++) {
        s = fut_sys_map(FUT_BOOT_SLOT_DOMAIN, OWN_UART, slot, 0, 1, FUT_MAP_WRITE, &level);
        if (s != FUT_S_TABLE) break;
        table = page_take(FUT_FRAME_PT, (uint32_t)level);
        if (table == CM_NONE ||
            fut_sys_pt_link(FUT_BOOT_SLOT_DOMAIN, OWN_UART, FUT_BOOT_SLOT_RAM, table) != FUT_S_OK)
            return false;
    }
    if (s == FUT_S_OK) uart = OWN_UART + boot->uart_base % PAGE;
    return s == FUT_S_OK;
}

void uart_put(uint8_t byte)
{
    if (uart != 0) early_pl011_put(uart, byte);
}
