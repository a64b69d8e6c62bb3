#pragma once
#include <stdint.h>

// What advas asks of MPI. No type of MPI appears here, so that Open MPI and MPICH look alike to Swift; without the trait
// MPI the functions exist and fail. All return 0, or an error of MPI.

typedef enum { CMPI_FLOAT, CMPI_DOUBLE } cmpi_type;

// Whether the program was built with MPI.
int32_t cmpi_is_present(void);

// Joins the ranks; `local_ranks` is how many of them run on this host.
int32_t cmpi_initialize(int32_t *rank, int32_t *ranks, int32_t *local_ranks);

// In place, element by element the sum over ranks; every rank gets the same bits.
int32_t cmpi_sum(void *values, int64_t count, cmpi_type type);

// The same in the order of ranks, whatever MPI would choose: the bits are those of any MPI. `scratch` has room for
// twice as many elements, rounded up to a multiple of the ranks.
int32_t cmpi_ordered_sum(void *values, int64_t count, cmpi_type type, void *scratch);

// In place, element by element the maximum over ranks, NaN where one of them has it.
int32_t cmpi_max(void *values, int64_t count, cmpi_type type);

// Puts `count` bytes of every rank side by side in `whole`, in the order of ranks.
int32_t cmpi_gather(const void *part, void *whole, int64_t count);

// Gives every rank the `count` bytes of the first.
int32_t cmpi_broadcast(void *bytes, int64_t count);

// Leaves the ranks; all must call it.
int32_t cmpi_finalize(void);

// Ends all ranks with an exit code.
void cmpi_abort(int32_t code);

// What an error means.
const char *cmpi_error(int32_t error);
