// Winograd convolutions. Included once per level; the includer defines CK_LANES and CK_PANEL_VECTORS.
#include "winograd_basis.inc.h"
#include "winograd_places.inc.h"
#include "winograd_changes.inc.h"

// MARK: Directions

/// One panel of some images: products for every point, then back to pixels.
CK_INLINE void CK(multiply_tiles)(
  const ck_winograd *c, const ck_basis *basis, int64_t task, int64_t worker, int adjoint
) {
  int64_t points = basis->points * basis->points, per_image = c->tiles[0] * c->tiles[1];
  int64_t groups = (c->images + c->images_per_task - 1) / c->images_per_task;
  int64_t panel = task / groups, from = task % groups * c->images_per_task;
  int64_t images = c->images - from < c->images_per_task ? c->images - from : c->images_per_task;
  int64_t depth = adjoint ? c->out_channels : c->stride * c->stride * c->in_channels;
  int64_t total = adjoint ? c->stride * c->stride * c->in_channels : c->out_channels;
  int64_t first = c->panel * CK(panel), end = first + c->panels * CK(panel);
  int64_t range = (end < total ? end : total) - first;
  int64_t width = adjoint ? CK(out_width)(c) : CK(in_width)(c), apart = CK(tile_rows)(c) * width;
  const float *tiles = adjoint ? c->out_tiles : c->in_tiles;
  CK(columns) columns = CK(panel_at)(c, total, panel);
  int64_t panel_width = columns.vectors * CK_LANES;
  const float *filters = c->filters + panel * CK(panel) * depth;
  int64_t filters_apart = CK(filters_apart)(range, depth);
  float *sums = c->sums + worker * CK(sums_size)(c, CK_WINOGRAD_BLOCK);
  int64_t tile_end = (from + images) * per_image;
  CK(group) group = CK(group_at)(c, task % groups);
  for (int64_t t = from * per_image; t < tile_end; t += CK_WINOGRAD_BLOCK) {
    int64_t count = tile_end - t < CK_WINOGRAD_BLOCK ? tile_end - t : CK_WINOGRAD_BLOCK, before = t - from * per_image;
    int64_t rounds = (count + CK(product_rows) - 1) / CK(product_rows);
    for (int64_t k = 0; k < points; k++) {
      const float *next_tiles = k + 1 < points ? tiles + (k + 1) * apart + t * width : tiles + (t + count) * width;
      const float *next_filters = filters + (k + 1 < points ? k + 1 : 0) * filters_apart;
      CK(ranges) needed = CK(needing)(basis, &group, k);
      for (int part = 0, round = 0; part < 2; part++) {
        int64_t row = needed.from[part] > before ? needed.from[part] - before : 0;
        int64_t end = needed.to[part] - before < count ? needed.to[part] - before : count;
        for (; row < end; row += CK(product_rows), round++) {
          // The sums have room for no row past the block; what lies before has been computed, or will be.
          int64_t at = row < CK_WINOGRAD_BLOCK - CK(product_rows) ? row : CK_WINOGRAD_BLOCK - CK(product_rows);
          CK(ahead) ahead = {
            next_tiles + at * width, next_filters + round * depth * panel_width / rounds, CK(product_rows),
            (panel_width + rounds - 1) / rounds,
          };
          CK(tile_product)(
            columns.vectors, depth, tiles + k * apart + (t + at) * width, width, filters + k * filters_apart,
            sums + (k * CK_WINOGRAD_BLOCK + at) * CK(panel), ahead);
        }
      }
    }
    for (int64_t i = 0; i < count; i++) {
      if (adjoint) CK(store_inputs)(c, basis, sums + i * CK(panel), t + i, columns);
      else CK(store_outputs)(c, basis, sums + i * CK(panel), t + i, columns);
    }
  }
}

/// Filters' gradients of CK_WINOGRAD_CHANNELS input channels and one panel.
CK_INLINE void CK(multiply_filters)(const ck_winograd *c, const ck_basis *basis, int64_t task, int64_t worker) {
  // Of both factors together about as much as the first-level cache holds.
  enum { DEPTH = 96, ROWS = 4, ROUNDS = CK_WINOGRAD_CHANNELS / ROWS };
  int64_t points = basis->points * basis->points, phases = c->stride * c->stride, tiles = CK(tile_count)(c);
  int64_t chunks = c->in_channels / CK_WINOGRAD_CHANNELS, in = task % chunks * CK_WINOGRAD_CHANNELS;
  CK(columns) columns = CK(panel_at)(c, c->out_channels, task / chunks);
  int64_t in_apart = CK(tile_rows)(c) * CK(in_width)(c), out_apart = CK(tile_rows)(c) * CK(out_width)(c);
  int64_t panel_width = columns.vectors * CK_LANES, is_alone = c->is_first && c->is_last;
  float *sums = c->sums + (is_alone ? worker : task) * CK(sums_size)(c, phases * CK_WINOGRAD_CHANNELS);
  CK(group) group = CK(group_at)(c, 0);
  for (int64_t k = 0; k < points; k++) {
    CK(ranges) needed = CK(needing)(basis, &group, k);
    int adds = !c->is_first;
    for (int range = 0; range < 2; range++) {
      for (int64_t t = needed.from[range]; t < needed.to[range]; t += DEPTH) {
        int64_t depth = needed.to[range] - t < DEPTH ? needed.to[range] - t : DEPTH;
        const float *b = c->out_tiles + k * out_apart + columns.column * tiles + t * panel_width;
        for (int64_t part = 0; part < phases * ROUNDS; part++) {
          int64_t phase = part / ROUNDS, round = part % ROUNDS;
          const float *a = c->in_tiles + k * in_apart
            + CK(grouped)(tiles, CK_WINOGRAD_CHANNELS, t, phase * c->in_channels + in);
          CK(ahead) ahead = {
            a + depth * CK_WINOGRAD_CHANNELS + round * depth * ROWS,
            b + depth * panel_width + part * depth * panel_width / (phases * ROUNDS), ROWS,
            (panel_width + phases * ROUNDS - 1) / (phases * ROUNDS),
          };
          CK(filter_product)(
            columns.vectors, adds, depth, a + round * ROWS, b,
            sums + ((k * phases + phase) * CK_WINOGRAD_CHANNELS + round * ROWS) * CK(panel), ahead);
        }
        adds = 1;
      }
    }
    // No tile needs the point where all are cut.
    int64_t size = phases * CK_WINOGRAD_CHANNELS * CK(panel);
    if (!adds) __builtin_memset(sums + k * size, 0, (size_t)size * sizeof(float));
  }
  if (c->is_last) CK(store_filters)(c, basis, sums, in, columns);
}

// MARK: Tasks

/// A task for either basis; both are known where the loops over points are unrolled.
#define CK_WINOGRAD_TASK(name, call)                                                   \
  static void CK(name)(const void *context, int64_t task, int64_t worker) {            \
    const ck_winograd *c = context;                                                    \
    (void)worker;                                                                      \
    if (c->points == 5) {                                                              \
      const ck_basis *basis = &ck_basis2;                                              \
      call;                                                                            \
    } else {                                                                           \
      const ck_basis *basis = &ck_basis3;                                              \
      call;                                                                            \
    }                                                                                  \
  }

CK_WINOGRAD_TASK(winograd_filters, CK(change_filters)(c, basis, task, 0))
CK_WINOGRAD_TASK(winograd_adjoint_filters, CK(change_filters)(c, basis, task, 1))
CK_WINOGRAD_TASK(winograd_inputs, CK(change_inputs)(c, basis, task, 0))
CK_WINOGRAD_TASK(winograd_outputs, CK(change_outputs)(c, basis, task, 0))
CK_WINOGRAD_TASK(winograd_grouped_inputs, CK(change_inputs)(c, basis, task, 1))
CK_WINOGRAD_TASK(winograd_grouped_outputs, CK(change_outputs)(c, basis, task, 1))
CK_WINOGRAD_TASK(winograd_forward, CK(multiply_tiles)(c, basis, task, worker, 0))
CK_WINOGRAD_TASK(winograd_input_gradient, CK(multiply_tiles)(c, basis, task, worker, 1))
CK_WINOGRAD_TASK(winograd_filter_gradient, CK(multiply_filters)(c, basis, task, worker))
#undef CK_WINOGRAD_TASK
#undef CK_EACH_POINT
#undef CK_EACH_RESULT
