/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The serial port that the manifest grants, whichever kind it is. One at a time; the functions need
 * uart_start() first. None blocks.
 */
#ifndef UART_DEVICE_H
#define UART_DEVICE_H

#include "startpage.h"
#include "uart_queue.h"

/* One kind of device. */
struct uart_kind {
    const char *compatible, *name;
    bool (*start)(void); /* false: the registers are not those of this kind */
    uint32_t (*interrupt)(void);
    size_t (*read)(uint8_t *buf, size_t cap);
    size_t (*write)(const uint8_t *data, size_t len);
    const struct uart_queue *queue;
    bool ack_first; /* the interrupt is an edge: acknowledge it before `interrupt` */
};

/* The device granted, and its kind. */
extern const struct startpage_device *uart_device;
extern const struct uart_kind *uart;

/* Finds the device and starts it; fails the component where none is granted or it is another. */
void uart_start(void);

#endif
