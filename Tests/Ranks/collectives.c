// What no small game reaches of CMPI: a NaN on one rank, and parts larger than one message.
// Ends with 0, or says what is wrong.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "CMPI.h"

static int32_t rank, ranks;
static int faults;

static void expect(int holds, const char *what) {
  if (holds) return;
  printf("rank %d: %s\n", rank, what);
  faults++;
}

static void check_maximum(void) {
  // The NaN is the last rank's, then the first's: an operation that compares its operands one way drops one of them.
  double both[3] = {rank, rank == ranks - 1 ? NAN : 7, rank == 0 ? NAN : 7};
  float same[3] = {-rank, rank == ranks - 1 ? NAN : 7, rank == 0 ? NAN : 7};
  expect(!cmpi_max(both, 3, CMPI_DOUBLE) && !cmpi_max(same, 3, CMPI_FLOAT), "a maximum fails");
  expect(both[0] == ranks - 1 && same[0] == 0, "a maximum is not the largest");
  expect(isnan(both[1]) && isnan(both[2]) && isnan(same[1]) && isnan(same[2]), "a maximum has lost a NaN");
}

static unsigned char mark(int64_t owner, int64_t place) { return (unsigned char)(31 * owner + place * 2654435761u >> 7); }

static void check_gather(int64_t count) {
  unsigned char *part = malloc((size_t)count), *whole = malloc((size_t)(count * ranks));
  for (int64_t i = 0; i < count; i++) part[i] = mark(rank, i);
  expect(!cmpi_gather(part, whole, count), "a gather fails");
  int64_t wrong = 0;
  for (int64_t owner = 0; owner < ranks; owner++)
    for (int64_t i = 0; i < count; i++) wrong += whole[owner * count + i] != mark(owner, i);
  expect(!wrong, "a gather mixes its parts");
  free(part), free(whole);
}

int main(void) {
  int32_t local;
  if (cmpi_initialize(&rank, &ranks, &local)) return 2;
  check_maximum();
  check_gather(1000);
  check_gather((1 << 28) + 5);
  cmpi_finalize();
  return faults > 0;
}
