/// A pool of threads for the tasks of one step at a time.
#pragma once
#include "ck_level.h"

typedef struct ck_pool ck_pool;

/// `threads` counts the caller, so `threads - 1` are started; each calls `on_start` first, where given.
/// Null where the system refuses a thread or memory.
ck_pool *ck_pool_create(int64_t threads, void (*on_start)(void));
void ck_pool_destroy(ck_pool *pool);

/// Runs tasks 0..<tasks on all threads and returns when all are done. One caller at a time; allocates nothing.
void ck_pool_run(ck_pool *pool, ck_task function, const void *context, int64_t tasks);

/// Makes the calling thread read and write denormal numbers as 0; the result undoes it.
uint64_t ck_flush_denormals(void);
void ck_restore_denormals(uint64_t saved);
