// Bases of minimal filtering F(4, r) by evaluation at points and infinity (Winograd 1980; Toom-Cook). Row j of A holds
// the powers of point j, G's the same over the product of its differences from the others, B's the coefficients of the
// polynomial with the other points as roots. Points are those with the least error in single precision of all sets from
// {0, ±1/2, ±1, ±2}: `Docs/decisions/convolution-kernels.md`.

typedef struct {
  int points, taps;
  float a[CK_WINOGRAD_POINTS][CK_WINOGRAD_TILE], b[CK_WINOGRAD_POINTS][CK_WINOGRAD_POINTS], g[CK_WINOGRAD_POINTS][3];
} ck_basis;

/// Two taps: 0, 1, -1, 2, infinity.
static const ck_basis ck_basis2 = {
  .points = 5,
  .taps = 2,
  .a = {{1, 0, 0, 0}, {1, 1, 1, 1}, {1, -1, 1, -1}, {1, 2, 4, 8}, {0, 0, 0, 1}},
  .b = {{2, -1, -2, 1, 0}, {0, -2, -1, 1, 0}, {0, 2, -3, 1, 0}, {0, -1, 0, 1, 0}, {0, 2, -1, -2, 1}},
  .g = {{1 / 2.f, 0}, {-1 / 2.f, -1 / 2.f}, {-1 / 6.f, 1 / 6.f}, {1 / 6.f, 1 / 3.f}, {0, 1}},
};

/// Three taps: 0, 1, -1, 1/2, -2, infinity.
static const ck_basis ck_basis3 = {
  .points = 6,
  .taps = 3,
  .a = {{1, 0, 0, 0}, {1, 1, 1, 1}, {1, -1, 1, -1}, {1, 1 / 2.f, 1 / 4.f, 1 / 8.f}, {1, -2, 4, -8}, {0, 0, 0, 1}},
  .b = {{1, -3 / 2.f, -2, 3 / 2.f, 1, 0},
        {0, -1, 1 / 2.f, 5 / 2.f, 1, 0},
        {0, 1, -5 / 2.f, 1 / 2.f, 1, 0},
        {0, -2, -1, 2, 1, 0},
        {0, 1 / 2.f, -1, -1 / 2.f, 1, 0},
        {0, 1, -3 / 2.f, -2, 3 / 2.f, 1}},
  .g = {{1, 0, 0},
        {1 / 3.f, 1 / 3.f, 1 / 3.f},
        {-1 / 3.f, 1 / 3.f, -1 / 3.f},
        {-16 / 15.f, -8 / 15.f, -4 / 15.f},
        {1 / 15.f, -2 / 15.f, 4 / 15.f},
        {0, 0, 1}},
};
