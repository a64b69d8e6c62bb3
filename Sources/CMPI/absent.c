#if !defined(ADVAS_MPI)
#include <stdlib.h>

#include "include/CMPI.h"

// Without MPI nobody joins, so nothing else is reached.
int32_t cmpi_is_present(void) { return 0; }
int32_t cmpi_initialize(int32_t *rank, int32_t *ranks, int32_t *local_ranks) {
  *rank = 0, *ranks = 1, *local_ranks = 1;
  return -1;
}
int32_t cmpi_sum(void *values, int64_t count, cmpi_type type) { return (void)values, (void)count, (void)type, -1; }
int32_t cmpi_ordered_sum(void *values, int64_t count, cmpi_type type, void *scratch) {
  return (void)values, (void)count, (void)type, (void)scratch, -1;
}
int32_t cmpi_max(void *values, int64_t count, cmpi_type type) { return (void)values, (void)count, (void)type, -1; }
int32_t cmpi_gather(const void *part, void *whole, int64_t count) {
  return (void)part, (void)whole, (void)count, -1;
}
int32_t cmpi_broadcast(void *bytes, int64_t count) { return (void)bytes, (void)count, -1; }
int32_t cmpi_finalize(void) { return 0; }
void cmpi_abort(int32_t code) { exit(code); }
const char *cmpi_error(int32_t error) { return (void)error, "built without MPI"; }

#endif
