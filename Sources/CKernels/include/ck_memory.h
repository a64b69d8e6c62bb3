/// What the allocator of the C library holds.
#pragma once

#include <stdint.h>

/// Bytes that were allocated and not freed; -1 where the C library does not tell.
int64_t ck_heap_bytes(void);

/// Gives what was freed back to the system; the allocator keeps it otherwise.
void ck_release_heap(void);

