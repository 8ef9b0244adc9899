/* SPDX-License-Identifier: Apache-2.0 */
/* The end of every linker script: the size of the image, and the windows as arrays. */
image_size = image_end - IMAGE_BASE;
ASSERT(image_size <= IMAGE_SIZE_MAX, "the image does not fit into one 2 MiB block")

frames = FRAMES_WINDOW;
slots = SLOTS_WINDOW;
threads = THREADS_WINDOW;
endpoints = ENDPOINTS_WINDOW;
vectors = VECTORS_WINDOW;
domains = DOMAINS_WINDOW;
scs = SCS_WINDOW;
regions = REGIONS_WINDOW;
