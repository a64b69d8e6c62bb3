// Matrix products in panels. Included once per level; the includer defines CK_LANES and CK_PANEL_VECTORS.

typedef float CK(vec) __attribute__((vector_size(4 * CK_LANES), aligned(4)));

enum {
  CK(panel) = CK_LANES * CK_PANEL_VECTORS,
  /// With a panel's vectors, as many sums as there are registers for.
  CK(product_rows) = 6,
};

#define CK_INLINE static inline __attribute__((always_inline))
#define CK_UNROLL _Pragma("clang loop unroll(full)")

CK_INLINE CK(vec) CK(vector_at)(const float *p) { return *(const CK(vec) *)p; }

CK_INLINE CK(vec) CK(vector_of)(float value) { return value - (CK(vec)){0}; }

CK_INLINE CK(vec) CK(multiply_add)(CK(vec) a, CK(vec) b, CK(vec) c) {
#if CK_HAS_FMA
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

/// What the next product will read, to be brought nearer by the way: floats per step of the running one.
typedef struct {
  const float *a, *b;
  int64_t a_rate, b_rate;
} CK(ahead);

/// `rows` rows of C = A B (+ C): A's element (r, k) at a[r a_row + k a_step], rows of B `b_step` apart, C's `c_row`.
CK_INLINE void CK(product)(
  int rows, int vectors, int adds, int64_t depth, const float *a, int64_t a_row, int64_t a_step, const float *b,
  int64_t b_step, float *c, int64_t c_row, CK(ahead) ahead
) {
  CK(vec) sums[2 * CK(product_rows)][CK_PANEL_VECTORS];
  CK_UNROLL for (int r = 0; r < rows; r++) {
    CK_UNROLL for (int j = 0; j < vectors; j++) {
      sums[r][j] = adds ? CK(vector_at)(c + r * c_row + j * CK_LANES) : (CK(vec)){0};
    }
  }
  for (int64_t k = 0; k < depth; k++, a += a_step, b += b_step, ahead.a += ahead.a_rate, ahead.b += ahead.b_rate) {
    __builtin_prefetch(ahead.a, 0, 2);
    __builtin_prefetch(ahead.b, 0, 2);
    CK(vec) row[CK_PANEL_VECTORS];
    CK_UNROLL for (int j = 0; j < vectors; j++) row[j] = CK(vector_at)(b + j * CK_LANES);
    CK_UNROLL for (int r = 0; r < rows; r++) {
      CK(vec) factor = CK(vector_of)(a[r * a_row]);
      CK_UNROLL for (int j = 0; j < vectors; j++) {
        sums[r][j] = CK(multiply_add)(factor, row[j], sums[r][j]);
      }
    }
  }
  CK_UNROLL for (int r = 0; r < rows; r++) {
    CK_UNROLL for (int j = 0; j < vectors; j++) {
      *(CK(vec) *)(c + r * c_row + j * CK_LANES) = sums[r][j];
    }
  }
}

/// A panel may be narrower than CK_PANEL_VECTORS.
#if CK_PANEL_VECTORS == 4
#define CK_EACH_WIDTH(vectors, call) \
  switch (vectors) {                 \
    case 1: call(1); break;          \
    case 2: call(2); break;          \
    case 3: call(3); break;          \
    default: call(4);                \
  }
#else
#define CK_EACH_WIDTH(vectors, call) \
  switch (vectors) {                 \
    case 1: call(1); break;          \
    default: call(2);                \
  }
#endif

/// One panel of columns for some rows of a product of matrices.
static void CK(matmul)(const void *context, int64_t task, int64_t worker) {
  const ck_matmul *p = context;
  int64_t panels = (p->n + CK(panel) - 1) / CK(panel), column = task % panels * CK(panel);
  int64_t first = task / panels * p->rows_per_task;
  int64_t end = first + p->rows_per_task < p->m ? first + p->rows_per_task : p->m;
  int64_t width = p->n - column < CK(panel) ? p->n - column : CK(panel);
  const float *b = p->b + column;
  int64_t b_step = p->n, a_row = p->transpose_a ? 1 : p->k, a_step = p->transpose_a ? p->m : 1;
  if (p->transpose_b) {
    float *packed = p->packed + worker * p->k * CK_WIDEST_PANEL;
    CK(transpose)(p->b + column * p->k, p->k, packed, width, width, p->k);
    b = packed;
    b_step = width;
  }
#define CK_CALL(v) CK(product)(rows, v, 0, p->k, a, a_row, a_step, b, b_step, c, p->n, ahead)
  if (end - first < CK(product_rows)) {
    // A matrix of fewer rows than a group.
    enum { rows = 1 };
    for (int64_t row = first; row < end; row++) {
      const float *a = p->a + row * a_row;
      float *c = p->c + row * p->n + column;
      CK(ahead) ahead = {a, b, 0, 0};
      CK_EACH_WIDTH(width / CK_LANES, CK_CALL)
    }
    return;
  }
  enum { rows = CK(product_rows) };
  for (int64_t row = first; row < end; row += rows) {
    // The last rows are taken with some before them, computed twice and alike.
    int64_t at = row + rows <= end ? row : end - rows;
    const float *a = p->a + at * a_row;
    float *c = p->c + at * p->n + column;
    CK(ahead) ahead = {a, b, 0, 0};
    CK_EACH_WIDTH(width / CK_LANES, CK_CALL)
  }
#undef CK_CALL
}

/// One task of some matrices of a batch.
static void CK(matmul_batch)(const void *context, int64_t task, int64_t worker) {
  const ck_matmul_batch *p = context;
  int64_t start = task / p->tasks * p->per_task;
  int64_t end = start + p->per_task < p->batch ? start + p->per_task : p->batch;
  for (int64_t i = start; i < end; i++) {
    ck_matmul one = p->first;
    one.a += i * p->a_stride;
    one.b += i * p->b_stride;
    one.c += i * p->c_stride;
    CK(matmul)(&one, task % p->tasks, worker);
  }
}
