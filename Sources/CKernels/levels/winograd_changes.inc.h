// Filters and images in the basis of points, and back. Included once per level, by winograd.inc.h.

// MARK: Filters

/// Distance of a range's changed filters from point to point: a line more than their size, for sizes are powers of two,
/// and the points of one filter would share a cache set.
CK_INLINE int64_t CK(filters_apart)(int64_t range, int64_t depth) { return range * depth + CK_WINOGRAD_PAD; }

/// Most taps of a filter.
enum { CK(taps) = 36 };

/// Asks for `count` elements.
CK_INLINE void CK(prefetch)(const float *p, int64_t count) {
  enum { LINE = 16 };
  for (int64_t i = 0; i < count + LINE - 1; i += LINE) __builtin_prefetch(p + i, 0, 2);
}

/// Filters of a vector of channels and a part of the other side's, changed by G.
///
/// Columns and depth are output channels and (phase, input channel), or for input-gradients the other way around.
/// A task is one of four parts of the depth's channels, for one vector of the columns' channels.
CK_INLINE void CK(change_filters)(const ck_winograd *c, const ck_basis *basis, int64_t task, int adjoint) {
  enum { PARTS = 4, STRETCH = 8 };
  int64_t phases = c->stride * c->stride, ins = c->in_channels, taps = c->taps[0] * c->taps[1];
  int64_t total = adjoint ? phases * ins : c->out_channels, depth = adjoint ? c->out_channels : phases * ins;
  int64_t first = c->panel * CK(panel), end = first + c->panels * CK(panel);
  int64_t range = (end < total ? end : total) - first, others = adjoint ? c->out_channels : ins;
  int64_t column = first + task / PARTS * CK_LANES, point_apart = CK(filters_apart)(range, depth);
  int64_t channel = adjoint ? column % ins : column, panel = (column - first) / CK(panel);
  int64_t width = range - panel * CK(panel) < CK(panel) ? range - panel * CK(panel) : CK(panel);
  int64_t lanes = CK(stored)(channel, CK_LANES, adjoint ? c->in_stored : c->out_stored);
  float *out = c->filters + panel * CK(panel) * depth + (column - first) % CK(panel);
  int64_t from = task % PARTS * others / PARTS, to = (task % PARTS + 1) * others / PARTS;
  for (int64_t other = from; other < to; other += STRETCH) {
    int64_t count = to - other < STRETCH ? to - other : STRETCH;
    // Turned, so that lanes lie side by side; a lane's filters of neighbouring input channels are one piece of memory.
    float turned[STRETCH * CK(taps) * CK_LANES];
    int64_t rows = CK(stored)(other, count, adjoint ? c->out_stored : c->in_stored);
    if (lanes < CK_LANES || rows < count) __builtin_memset(turned, 0, sizeof turned);
    if (adjoint) {
      for (int64_t i = 0; i < rows; i++) {
        const float *w = c->w + ((other + i) * c->in_stored + channel) * taps;
        // Filters of neighbouring output channels lie too far apart for the processor to see them coming.
        CK(prefetch)(w + STRETCH * c->in_stored * taps, lanes * taps);
        if (lanes == CK_LANES) CK(transpose)(w, taps, turned + i * taps * CK_LANES, CK_LANES, CK_LANES, taps);
        else CK(transpose)(w, taps, turned + i * taps * CK_LANES, CK_LANES, lanes, taps);
      }
    } else {
      const float *w = c->w + (channel * c->in_stored + other) * taps;
      CK(transpose)(w, c->in_stored * taps, turned, CK_LANES, lanes, rows * taps);
    }
    for (int64_t i = 0; i < count; i++) {
      for (int64_t phase = adjoint ? column / ins : 0; phase < (adjoint ? column / ins + 1 : phases); phase++) {
        CK(square) filter;
        CK_UNROLL for (int y = 0; y < basis->taps; y++) {
          CK_UNROLL for (int x = 0; x < basis->taps; x++) {
            int64_t tap = CK(tap)(c, phase, y, x);
            filter.at[y * CK_WINOGRAD_POINTS + x] =
              tap < 0 ? (CK(vec)){0} : CK(vector_at)(turned + (i * taps + tap) * CK_LANES);
          }
        }
        CK(square) changed = CK(change)(CK(BY_G), basis, basis->taps, basis->points, &filter);
        int64_t row = adjoint ? other + i : phase * ins + other + i;
        CK_EACH_POINT(k, point) *(CK(vec) *)(out + k * point_apart + row * width) = changed.at[point];
      }
    }
  }
}

/// Filters' gradients of CK_WINOGRAD_CHANNELS input channels from `in` on and one panel, changed back by G'.
CK_INLINE void CK(store_filters)(
  const ck_winograd *c, const ck_basis *basis, const float *sums, int64_t in, CK(columns) columns
) {
  int64_t phases = c->stride * c->stride, taps = c->taps[0] * c->taps[1];
  int64_t rows = CK(stored)(in, CK_WINOGRAD_CHANNELS, c->in_stored);
  for (int64_t row = 0; row < rows; row++) {
    for (int vector = 0; vector < columns.vectors; vector++) {
      int64_t column = columns.column + vector * CK_LANES, count = CK(stored)(column, CK_LANES, c->out_stored);
      float *w = c->result + (column * c->in_stored + in + row) * taps;
      // Written filter by filter: those of neighbouring lanes lie far apart, and would share cache sets.
      float turned[CK_LANES * CK(taps)];
      for (int64_t phase = 0; phase < phases; phase++) {
        CK(square) changed;
        CK_EACH_POINT(k, point) {
          changed.at[point] = CK(vector_at)(
            sums + ((k * phases + phase) * CK_WINOGRAD_CHANNELS + row) * CK(panel) + vector * CK_LANES);
        }
        CK(square) filter = CK(change)(CK(BACK_BY_G), basis, basis->points, basis->taps, &changed);
        for (int i = 0; i < basis->taps; i++) {
          for (int j = 0; j < basis->taps; j++) {
            int64_t tap = CK(tap)(c, phase, i, j);
            if (tap < 0) continue;
            float lanes[CK_LANES];
            *(CK(vec) *)lanes = filter.at[i * CK_WINOGRAD_POINTS + j];
            for (int64_t l = 0; l < CK_LANES; l++) turned[l * taps + tap] = lanes[l];
          }
        }
      }
      for (int64_t l = 0; l < count; l++) {
        __builtin_memcpy(w + l * c->in_stored * taps, turned + l * taps, (size_t)taps * sizeof(float));
      }
    }
  }
}

// MARK: Images

/// Input tiles changed by B. Rows of channels, or for filter-gradients `[channels / 16, tile, 16]`.
CK_INLINE void CK(change_inputs)(const ck_winograd *c, const ck_basis *basis, int64_t task, int grouped) {
  int64_t phases = c->stride * c->stride, ins = c->in_channels, count = CK(tile_count)(c);
  int64_t width = CK(in_width)(c), apart = CK(tile_rows)(c) * width;
  int64_t first = task * CK_WINOGRAD_TILES_PER_TASK;
  int64_t end = first + CK_WINOGRAD_TILES_PER_TASK < count ? first + CK_WINOGRAD_TILES_PER_TASK : count;
  for (int64_t t = first; t < end; t++) {
    CK(tile) place = CK(tile_at)(c, t);
    for (int64_t phase = 0; phase < phases; phase++) {
      CK(places) places = CK(in_places)(c, basis, place, phase);
      for (int64_t channel = 0; channel < ins; channel += CK_LANES) {
        int64_t lanes = CK(stored)(channel, CK_LANES, c->in_stored);
        CK(square) tile;
        CK_EACH_POINT(k, point) {
          int i = point / CK_WINOGRAD_POINTS, j = point % CK_WINOGRAD_POINTS;
          const float *x = c->x + places.rows[i] + places.columns[j] + channel;
          tile.at[point] = CK(has_pixel)(&places, i, j) ? CK(part_at)(x, lanes) : (CK(vec)){0};
        }
        CK(square) changed = CK(change)(CK(BY_B), basis, basis->points, basis->points, &tile);
        int64_t column = phase * ins + channel;
        float *out = c->in_tiles
          + (grouped ? CK(grouped)(count, CK_WINOGRAD_CHANNELS, t, column) : t * width + column);
        CK_EACH_POINT(k, point) *(CK(vec) *)(out + k * apart) = changed.at[point];
      }
    }
  }
}

/// Tiles of results (cotangents) changed by A. Rows of channels, or for filter-gradients `[panel, tile, panel width]`.
CK_INLINE void CK(change_outputs)(const ck_winograd *c, const ck_basis *basis, int64_t task, int grouped) {
  int64_t outs = c->out_channels, count = CK(tile_count)(c);
  int64_t width = CK(out_width)(c), apart = CK(tile_rows)(c) * width;
  int64_t first = task * CK_WINOGRAD_TILES_PER_TASK;
  int64_t end = first + CK_WINOGRAD_TILES_PER_TASK < count ? first + CK_WINOGRAD_TILES_PER_TASK : count;
  for (int64_t t = first; t < end; t++) {
    CK(places) places = CK(out_places)(c, CK(tile_at)(c, t));
    for (int64_t channel = 0; channel < outs; channel += CK_LANES) {
      int64_t lanes = CK(stored)(channel, CK_LANES, c->out_stored);
      CK(square) tile;
      CK_EACH_RESULT(i, j) {
        const float *y = c->y + places.rows[i] + places.columns[j] + channel;
        tile.at[i * CK_WINOGRAD_POINTS + j] =
          CK(has_pixel)(&places, i, j) ? CK(part_at)(y, lanes) : (CK(vec)){0};
      }
      CK(square) changed = CK(change)(CK(BY_A), basis, CK_WINOGRAD_TILE, basis->points, &tile);
      int64_t panel = channel / CK(panel) * CK(panel);
      int64_t panel_width = outs - panel < CK(panel) ? outs - panel : CK(panel);
      float *out = c->out_tiles
        + (grouped ? panel * count + t * panel_width + channel - panel : t * width + channel);
      CK_EACH_POINT(k, point) *(CK(vec) *)(out + k * apart) = changed.at[point];
    }
  }
}

/// Tile `index` of results, changed back by A'.
CK_INLINE void CK(store_outputs)(
  const ck_winograd *c, const ck_basis *basis, const float *sums, int64_t index, CK(columns) columns
) {
  CK(places) places = CK(out_places)(c, CK(tile_at)(c, index));
  for (int vector = 0; vector < columns.vectors; vector++) {
    CK(square) changed;
    CK_EACH_POINT(k, point) {
      changed.at[point] = CK(vector_at)(sums + k * CK_WINOGRAD_BLOCK * CK(panel) + vector * CK_LANES);
    }
    CK(square) tile = CK(change)(CK(BACK_BY_A), basis, basis->points, CK_WINOGRAD_TILE, &changed);
    int64_t column = columns.column + vector * CK_LANES, lanes = CK(stored)(column, CK_LANES, c->out_stored);
    CK_EACH_RESULT(i, j) {
      if (!CK(has_pixel)(&places, i, j)) continue;
      float *y = c->result + places.rows[i] + places.columns[j] + column;
      CK(store_part)(y, tile.at[i * CK_WINOGRAD_POINTS + j], lanes);
    }
  }
}

/// Input tile `index`, changed back by B' and added where tiles overlap.
CK_INLINE void CK(store_inputs)(
  const ck_winograd *c, const ck_basis *basis, const float *sums, int64_t index, CK(columns) columns
) {
  CK(tile) place = CK(tile_at)(c, index);
  // Those above and to the left were there already: no class of tiles comes before one of theirs.
  int above = place.y > 0 ? basis->taps - 1 : 0, left = place.x > 0 ? basis->taps - 1 : 0;
  // A cut tile's cotangent at infinity is 0, and so is the product that was left out.
  int cut_y = place.y >= CK(full_tiles)(c, 0), cut_x = place.x >= CK(full_tiles)(c, 1);
  CK(places) places;
  int64_t placed = -1;
  for (int vector = 0; vector < columns.vectors; vector++) {
    int64_t column = columns.column + vector * CK_LANES, phase = column / c->in_channels;
    int64_t channel = column % c->in_channels, lanes = CK(stored)(channel, CK_LANES, c->in_stored);
    if (phase != placed) places = CK(in_places)(c, basis, place, placed = phase);
    CK(square) changed;
    CK_EACH_POINT(k, point) {
      int is_cut = (cut_y && k / basis->points == basis->points - 1) || (cut_x && k % basis->points == basis->points - 1);
      changed.at[point] = is_cut
        ? (CK(vec)){0} : CK(vector_at)(sums + k * CK_WINOGRAD_BLOCK * CK(panel) + vector * CK_LANES);
    }
    CK(square) tile = CK(change)(CK(BACK_BY_B), basis, basis->points, basis->points, &changed);
    CK_EACH_POINT(k, point) {
      int i = point / CK_WINOGRAD_POINTS, j = point % CK_WINOGRAD_POINTS;
      if (!CK(has_pixel)(&places, i, j)) continue;
      float *x = c->result + places.rows[i] + places.columns[j] + channel;
      CK(vec) before = i < above || j < left ? CK(part_at)(x, lanes) : (CK(vec)){0};
      CK(store_part)(x, before + tile.at[point], lanes);
    }
  }
}
