/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of configuration space, and how the core reaches them. */
#ifndef PCI_CONFIG_H
#define PCI_CONFIG_H

#include "pcibus.h"

#define REG_ID 0x00u
#define REG_COMMAND 0x04u /* status in the upper half */
#define REG_CLASS 0x08u
#define REG_HEADER 0x0cu
#define REG_BAR 0x10u
#define REG_BUSES 0x18u /* of a bridge: primary, secondary, subordinate, latency */
#define REG_IO 0x1cu    /* of a bridge: windows, base and limit */
#define REG_MEMORY 0x20u
#define REG_PREFETCH 0x24u
#define REG_PREFETCH_BASE 0x28u
#define REG_PREFETCH_LIMIT 0x2cu
#define REG_CAPABILITIES 0x34u
#define REG_INTERRUPT 0x3cu

#define COMMAND_MEMORY 2u
#define COMMAND_MASTER 4u
#define COMMAND_DECODE 3u          /* I/O and memory */
#define COMMAND_STATUS 0xffff0000u /* its bits are cleared by writing ones */
#define STATUS_CAPABILITIES (1u << 20)

static inline uint32_t config_at(const struct pcibus *p, const struct pcibus_function *f,
                                 uint32_t reg)
{
    return (f->bus - p->first_bus) * PCIBUS_BUS_BYTES + (uint32_t)f->device * 0x8000u +
           (uint32_t)f->function * 0x1000u + reg;
}

static inline uint32_t config_read(const struct pcibus *p, const struct pcibus_function *f,
                                   uint32_t reg)
{
    return p->ops->read32(p->ctx, config_at(p, f, reg));
}

static inline void config_write(const struct pcibus *p, const struct pcibus_function *f,
                                uint32_t reg, uint32_t value)
{
    p->ops->write32(p->ctx, config_at(p, f, reg), value);
}

/* Changes bits of the command register; the status beside it stays. */
static inline void config_command(const struct pcibus *p, const struct pcibus_function *f,
                                  uint32_t clear, uint32_t set)
{
    uint32_t command = config_read(p, f, REG_COMMAND) & ~COMMAND_STATUS;

    config_write(p, f, REG_COMMAND, (command & ~clear) | set);
}

/* scan.c's helper in function.c: fills in what the function says of itself. */
void function_read(struct pcibus *p, struct pcibus_function *f);

#endif
