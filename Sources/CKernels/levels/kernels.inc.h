// Everything that exists once per level. The includer defines CK(name), CK_FMA(a, b, c), CK_HAS_FMA, CK_LANES,
// CK_PANEL_VECTORS and CK_LEVEL_TABLE.
#include "math.inc.h"
#include "program.inc.h"
#include "reduce.inc.h"
#include "copy.inc.h"
#include "product.inc.h"
#include "winograd.inc.h"
#include "depthwise.inc.h"
#include "few_channels.inc.h"
#undef CK_EACH_WIDTH
#undef CK_UNROLL
#undef CK_INLINE

const ck_kernels CK_LEVEL_TABLE = {
  .program = CK(program), .reduce = CK(reduce), .combine = CK(combine), .sums = CK(sums), .copy = CK(copy),
  .sum_partials = CK(sum_partials), .matmul = CK(matmul), .matmul_batch = CK(matmul_batch),
  .winograd_panel = CK(panel), .winograd_lanes = CK_LANES,
  .winograd_filters = CK(winograd_filters), .winograd_adjoint_filters = CK(winograd_adjoint_filters),
  .winograd_inputs = CK(winograd_inputs), .winograd_outputs = CK(winograd_outputs),
  .winograd_grouped_inputs = CK(winograd_grouped_inputs),
  .winograd_grouped_outputs = CK(winograd_grouped_outputs),
  .winograd_forward = CK(winograd_forward), .winograd_input_gradient = CK(winograd_input_gradient),
  .winograd_filter_gradient = CK(winograd_filter_gradient),
  .depthwise = CK(depthwise),
  .few_to_many = CK(few_to_many), .many_to_few = CK(many_to_few), .few_gradient = CK(few_gradient),
};
