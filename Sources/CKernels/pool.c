#include "include/ck_pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define ck_pause() _mm_pause()
#else
#define ck_pause() ((void)0)
#endif

/// About 30 µs: longer than the gap between steps, shorter than a scheduler's slice.
enum { SPINS = 1000 };

enum { PLACE_BITS = 20, PLACES = (1 << PLACE_BITS) - 1 };

struct ck_pool {
  /// Number of the job, then the range of tasks not yet taken: its start and its end, PLACE_BITS each. A thread that
  /// takes a task by compare-and-swap holds its job open until it reports it done, so the job's fields need no lock.
  _Alignas(64) _Atomic uint64_t open;
  _Alignas(64) _Atomic int64_t done;
  _Alignas(64) ck_task function;
  const void *context;
  /// Number of the job's first task.
  int64_t first;
  int64_t thread_count;
  pthread_t *threads;
  void (*on_start)(void);
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  atomic_int sleepers;
  atomic_bool stop;
};

struct start {
  ck_pool *pool;
  int64_t worker;
};

static int64_t start_of(uint64_t open) { return (int64_t)(open >> PLACE_BITS & PLACES); }
static int64_t end_of(uint64_t open) { return (int64_t)(open & PLACES); }

/// Takes tasks of the current job until none is left: every other worker from its end, so that a worker gets about the
/// same part of step after step and finds in its cache what it wrote there.
static void work(ck_pool *pool, int64_t worker) {
  uint64_t seen = atomic_load_explicit(&pool->open, memory_order_acquire);
  while (start_of(seen) != end_of(seen)) {
    int64_t task = worker % 2 ? end_of(seen) - 1 : start_of(seen);
    uint64_t left = worker % 2 ? seen - 1 : seen + (1 << PLACE_BITS);
    if (atomic_compare_exchange_weak_explicit(
          &pool->open, &seen, left, memory_order_acq_rel, memory_order_acquire)) {
      pool->function(pool->context, pool->first + task, worker);
      atomic_fetch_add_explicit(&pool->done, 1, memory_order_release);
      seen = atomic_load_explicit(&pool->open, memory_order_acquire);
    }
  }
}

static bool is_idle(ck_pool *pool) {
  uint64_t open = atomic_load(&pool->open);
  return start_of(open) == end_of(open) && !atomic_load(&pool->stop);
}

static void sleep_until_work(ck_pool *pool) {
  for (int spin = 0; spin < SPINS; spin++) {
    if (!is_idle(pool)) return;
    ck_pause();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_fetch_add(&pool->sleepers, 1);
  while (is_idle(pool)) pthread_cond_wait(&pool->wake, &pool->mutex);
  atomic_fetch_sub(&pool->sleepers, 1);
  pthread_mutex_unlock(&pool->mutex);
}

static void *run_worker(void *argument) {
  struct start start = *(struct start *)argument;
  free(argument);
  ck_flush_denormals();
  if (start.pool->on_start) start.pool->on_start();
  while (!atomic_load(&start.pool->stop)) {
    sleep_until_work(start.pool);
    work(start.pool, start.worker);
  }
  return NULL;
}

ck_pool *ck_pool_create(int64_t threads, void (*on_start)(void)) {
  ck_pool *pool = NULL;
  if (posix_memalign((void **)&pool, 64, sizeof(ck_pool))) return NULL;
  *pool = (ck_pool){.on_start = on_start, .thread_count = 1};
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pool->threads = calloc((size_t)threads, sizeof(pthread_t));
  for (int64_t worker = 1; worker < threads && pool->threads; worker++) {
    struct start *start = malloc(sizeof(struct start));
    if (start) *start = (struct start){pool, worker};
    if (!start || pthread_create(&pool->threads[worker], NULL, run_worker, start)) {
      free(start);
      ck_pool_destroy(pool);
      return NULL;
    }
    pool->thread_count++;
  }
  return pool;
}

static void wake_all(ck_pool *pool) {
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

void ck_pool_destroy(ck_pool *pool) {
  atomic_store(&pool->stop, true);
  wake_all(pool);
  for (int64_t worker = 1; worker < pool->thread_count; worker++) {
    pthread_join(pool->threads[worker], NULL);
  }
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
  free(pool->threads);
  free(pool);
}

/// Runs `tasks` tasks, at most PLACES, from `first` on.
static void run(ck_pool *pool, ck_task function, const void *context, int64_t first, int64_t tasks) {
  pool->function = function;
  pool->context = context;
  pool->first = first;
  atomic_store_explicit(&pool->done, 0, memory_order_relaxed);
  uint64_t job = (atomic_load(&pool->open) >> 2 * PLACE_BITS) + 1;
  // Sequentially consistent, like the counter of sleepers: a worker that goes to sleep either sees the job or is seen.
  atomic_store(&pool->open, job << 2 * PLACE_BITS | (uint64_t)tasks);
  if (atomic_load(&pool->sleepers) > 0) wake_all(pool);
  work(pool, 0);
  for (int64_t spin = 0; atomic_load_explicit(&pool->done, memory_order_acquire) < tasks; spin++) {
    if (spin < 20 * SPINS) ck_pause();
    else sched_yield();
  }
}

void ck_pool_run(ck_pool *pool, ck_task function, const void *context, int64_t tasks) {
  if (tasks <= 1 || pool->thread_count == 1) {
    for (int64_t task = 0; task < tasks; task++) function(context, task, 0);
    return;
  }
  for (int64_t first = 0; first < tasks; first += PLACES) {
    run(pool, function, context, first, tasks - first < PLACES ? tasks - first : PLACES);
  }
}

#if defined(__x86_64__)
enum { FLUSH_TO_ZERO = 0x8000, DENORMALS_ARE_ZERO = 0x0040 };

uint64_t ck_flush_denormals(void) {
  uint32_t saved = _mm_getcsr();
  _mm_setcsr(saved | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO);
  return saved;
}

void ck_restore_denormals(uint64_t saved) { _mm_setcsr((uint32_t)saved); }
#elif defined(__aarch64__)
uint64_t ck_flush_denormals(void) {
  uint64_t saved;
  __asm__ volatile("mrs %0, fpcr" : "=r"(saved));
  __asm__ volatile("msr fpcr, %0" : : "r"(saved | 1ull << 24));
  return saved;
}

void ck_restore_denormals(uint64_t saved) { __asm__ volatile("msr fpcr, %0" : : "r"(saved)); }
#else
uint64_t ck_flush_denormals(void) { return 0; }
void ck_restore_denormals(uint64_t saved) { (void)saved; }
#endif
