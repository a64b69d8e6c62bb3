// Changes of basis and products of minimal filtering. Included once per level, by winograd.inc.h.

// MARK: Changes of basis

/// y = G x or G' x along one axis; elements are `CK_WINOGRAD_POINTS` vectors apart, as in all of these.
CK_INLINE void CK(change_by_g)(const ck_basis *basis, int transposed, const CK(vec) *x, CK(vec) *y) {
  int rows = transposed ? basis->taps : basis->points, columns = transposed ? basis->points : basis->taps;
  CK_UNROLL for (int i = 0; i < rows; i++) {
    CK(vec) sum = {0};
    CK_UNROLL for (int l = 0; l < columns; l++) {
      float factor = transposed ? basis->g[l][i] : basis->g[i][l];
      if (factor != 0) sum = CK(multiply_add)(CK(vector_of)(factor), x[l * CK_WINOGRAD_POINTS], sum);
    }
    y[i * CK_WINOGRAD_POINTS] = sum;
  }
}

// The products with A and B are written out: they share sums.
#define X(i) x[(i) * CK_WINOGRAD_POINTS]
#define Y(i) y[(i) * CK_WINOGRAD_POINTS]
#define MUL_ADD(a, b, c) CK(multiply_add)(CK(vector_of)(a), b, c)

CK_INLINE void CK(change_by_b)(const ck_basis *basis, const CK(vec) *x, CK(vec) *y) {
  CK(vec) t = X(3) - X(1), u = X(4) - X(2);
  if (basis->points == 5) {
    Y(0) = MUL_ADD(2, X(0) - X(2), t);
    Y(1) = t - (X(1) + X(2));
    Y(2) = MUL_ADD(3, X(1) - X(2), t);
    Y(3) = t;
    Y(4) = MUL_ADD(-2, t, u);
  } else {
    Y(0) = MUL_ADD(1.5f, t, (X(0) - X(2)) + u);
    Y(1) = MUL_ADD(1.5f, X(2) + X(3), u + t);
    Y(2) = MUL_ADD(1.5f, X(3) - X(2), u - t);
    Y(3) = MUL_ADD(2, t, u);
    Y(4) = MUL_ADD(-0.5f, t, u);
    Y(5) = MUL_ADD(1.5f, u, (X(5) - X(3)) - t);
  }
}

CK_INLINE void CK(change_back_by_b)(const ck_basis *basis, const CK(vec) *x, CK(vec) *y) {
  CK(vec) s = X(1) + X(2), d = X(2) - X(1);
  if (basis->points == 5) {
    CK(vec) u = X(0) + X(3);
    Y(0) = X(0) + X(0);
    Y(1) = MUL_ADD(2, X(4) + d, -u);
    Y(2) = -MUL_ADD(2, X(0) + X(2), s + X(4));
    Y(3) = MUL_ADD(-2, X(4), u + s);
    Y(4) = X(4);
  } else {
    CK(vec) r = X(0) + X(3) + X(4);
    CK(vec) p = MUL_ADD(2, X(3), MUL_ADD(-0.5f, X(4), 1.5f * X(0)));
    Y(0) = X(0);
    Y(1) = (X(5) - p) + d;
    Y(2) = MUL_ADD(-1.5f, X(5), MUL_ADD(-2.5f, X(2), MUL_ADD(0.5f, X(1), -(r + X(0)))));
    Y(3) = MUL_ADD(-2, X(5), MUL_ADD(2.5f, X(1), MUL_ADD(0.5f, X(2), p)));
    Y(4) = MUL_ADD(1.5f, X(5), r + s);
    Y(5) = X(5);
  }
}

CK_INLINE void CK(change_by_a)(const ck_basis *basis, const CK(vec) *x, CK(vec) *y) {
  CK(vec) even = X(0) + X(2), odd = X(1) + X(3);
  Y(0) = X(0);
  Y(1) = even + odd;
  Y(2) = even - odd;
  if (basis->points == 5) {
    Y(3) = MUL_ADD(2, MUL_ADD(2, MUL_ADD(2, X(3), X(2)), X(1)), X(0));
    Y(4) = X(3);
  } else {
    Y(3) = MUL_ADD(0.5f, MUL_ADD(0.5f, MUL_ADD(0.5f, X(3), X(2)), X(1)), X(0));
    Y(4) = MUL_ADD(-2, MUL_ADD(-2, MUL_ADD(-2, X(3), X(2)), X(1)), X(0));
    Y(5) = X(3);
  }
}

CK_INLINE void CK(change_back_by_a)(const ck_basis *basis, const CK(vec) *x, CK(vec) *y) {
  CK(vec) even = X(1) + X(2), odd = X(1) - X(2);
  if (basis->points == 5) {
    Y(0) = X(0) + even + X(3);
    Y(1) = MUL_ADD(2, X(3), odd);
    Y(2) = MUL_ADD(4, X(3), even);
    Y(3) = MUL_ADD(8, X(3), odd) + X(4);
  } else {
    Y(0) = X(0) + even + (X(3) + X(4));
    Y(1) = MUL_ADD(0.5f, X(3), MUL_ADD(-2, X(4), odd));
    Y(2) = MUL_ADD(0.25f, X(3), MUL_ADD(4, X(4), even));
    Y(3) = MUL_ADD(0.125f, X(3), MUL_ADD(-8, X(4), odd)) + X(5);
  }
}
#undef X
#undef Y
#undef MUL_ADD

typedef enum { CK(BY_A), CK(BACK_BY_A), CK(BY_B), CK(BACK_BY_B), CK(BY_G), CK(BACK_BY_G) } CK(basis_change);

CK_INLINE void CK(change_line)(CK(basis_change) kind, const ck_basis *basis, const CK(vec) *x, CK(vec) *y) {
  switch (kind) {
    case CK(BY_A): CK(change_by_a)(basis, x, y); break;
    case CK(BACK_BY_A): CK(change_back_by_a)(basis, x, y); break;
    case CK(BY_B): CK(change_by_b)(basis, x, y); break;
    case CK(BACK_BY_B): CK(change_back_by_b)(basis, x, y); break;
    case CK(BY_G): CK(change_by_g)(basis, 0, x, y); break;
    case CK(BACK_BY_G): CK(change_by_g)(basis, 1, x, y); break;
  }
}

/// A tile as its changes of basis see it: element (i, j) at `i * CK_WINOGRAD_POINTS + j`.
typedef struct {
  CK(vec) at[CK_WINOGRAD_POINTS * CK_WINOGRAD_POINTS];
} CK(square);

/// M x M' of a square of `side` elements along each axis, M having `rows` rows.
CK_INLINE CK(square) CK(change)(
  CK(basis_change) kind, const ck_basis *basis, int side, int rows, const CK(square) *x
) {
  CK(square) half, y;
  CK_UNROLL for (int j = 0; j < side; j++) {
    CK(vec) line[CK_WINOGRAD_POINTS * CK_WINOGRAD_POINTS];
    CK(change_line)(kind, basis, x->at + j, line);
    CK_UNROLL for (int i = 0; i < rows; i++) half.at[j * 1 + i * CK_WINOGRAD_POINTS] = line[i * CK_WINOGRAD_POINTS];
  }
  CK_UNROLL for (int i = 0; i < rows; i++) {
    CK(vec) from[CK_WINOGRAD_POINTS * CK_WINOGRAD_POINTS], to[CK_WINOGRAD_POINTS * CK_WINOGRAD_POINTS];
    CK_UNROLL for (int j = 0; j < side; j++) from[j * CK_WINOGRAD_POINTS] = half.at[i * CK_WINOGRAD_POINTS + j];
    CK(change_line)(kind, basis, from, to);
    CK_UNROLL for (int j = 0; j < rows; j++) y.at[i * CK_WINOGRAD_POINTS + j] = to[j * CK_WINOGRAD_POINTS];
  }
  return y;
}

// MARK: Products

/// Changed tiles times changed filters: rows of A lie `a_row` apart.
static void CK(tile_product)(
  int vectors, int64_t depth, const float *a, int64_t a_row, const float *b, float *c, CK(ahead) ahead
) {
#define CK_CALL(n) CK(product)(CK(product_rows), n, 0, depth, a, a_row, 1, b, n * CK_LANES, c, CK(panel), ahead)
  CK_EACH_WIDTH(vectors, CK_CALL)
#undef CK_CALL
}

/// Sums over tiles of changed input times changed cotangent: columns of A lie CK_WINOGRAD_CHANNELS apart.
static void CK(filter_product)(
  int vectors, int adds, int64_t depth, const float *a, const float *b, float *c, CK(ahead) ahead
) {
#define CK_CALL(n)                                                                                    \
  if (adds) CK(product)(4, n, 1, depth, a, 1, CK_WINOGRAD_CHANNELS, b, n * CK_LANES, c, CK(panel), ahead);       \
  else CK(product)(4, n, 0, depth, a, 1, CK_WINOGRAD_CHANNELS, b, n * CK_LANES, c, CK(panel), ahead)
  CK_EACH_WIDTH(vectors, CK_CALL)
#undef CK_CALL
}
