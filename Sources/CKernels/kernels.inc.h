// Everything that exists once per level. The includer defines CK(name), CK_FMA(a, b, c) and CK_LEVEL_TABLE.
#include "math.inc.h"
#include "program.inc.h"
#include "reduce.inc.h"
#include "copy.inc.h"

const ck_kernels CK_LEVEL_TABLE = {
  .program = CK(program), .reduce = CK(reduce), .combine = CK(combine), .copy = CK(copy),
  .sum_partials = CK(sum_partials),
};
