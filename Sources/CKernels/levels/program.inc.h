// The tile VM. Included once per level.

// In-place programs store over what they have just loaded, lane by lane: without the pragma the vectoriser would
// guard against overlap and run such loops scalar.
#define CK_EACH(expression)                                       \
  {                                                               \
    _Pragma("clang loop vectorize(assume_safety) interleave(enable)") \
    for (int64_t i = 0; i < n; i++) r[i] = (expression);          \
    break;                                                        \
  }

/// aⁱ; small whole exponents are products, all others the library's function (the same bits at every level).
static void CK(power)(float *r, const float *a, float exponent, int64_t n) {
  int32_t whole = (int32_t)exponent;
  if ((float)whole != exponent || whole < 1 || whole > 8) {
    for (int64_t i = 0; i < n; i++) r[i] = powf(a[i], exponent);
    return;
  }
  #pragma clang loop vectorize(assume_safety)
  for (int64_t i = 0; i < n; i++) {
    float x = a[i], square = x * x, fourth = square * square;
    float p = whole & 1 ? x : 1.0f;
    p = whole & 2 ? p * square : p;
    p = whole & 4 ? p * fourth : p;
    r[i] = whole & 8 ? fourth * fourth : p;
  }
}

static inline __attribute__((always_inline)) void CK(step)(
  uint8_t opcode, float *r, const float *a, const float *b, const float *c, float k, int64_t n
) {
  switch (opcode) {
    case CK_NEGATE: CK_EACH(-a[i])
    case CK_ABS: CK_EACH(CK(abs)(a[i]))
    case CK_EXP: CK_EACH(CK(exp)(a[i]))
    case CK_LOG: CK_EACH(CK(log)(a[i]))
    case CK_SQRT:
    case CK_NORM_ROOT: CK_EACH(sqrtf(a[i]))
    case CK_RSQRT: CK_EACH(1.0f / sqrtf(a[i]))
    case CK_INVERSE_NORM_ROOT: CK_EACH(a[i] <= 0.0f ? 0.0f : 1.0f / sqrtf(a[i]))
    case CK_RECIPROCAL: CK_EACH(1.0f / a[i])
    case CK_SQUARE: CK_EACH(a[i] * a[i])
    case CK_TANH: CK_EACH(CK(tanh)(a[i]))
    case CK_SIGMOID: CK_EACH(CK(sigmoid)(a[i]))
    case CK_SOFTPLUS: CK_EACH(CK(softplus)(a[i]))
    case CK_ERF: CK_EACH(CK(erf)(a[i]))
    case CK_SIGN: CK_EACH(a[i] > 0.0f ? 1.0f : (a[i] < 0.0f ? -1.0f : a[i]))
    case CK_WRIGHT_OMEGA: CK_EACH(CK(wright_omega)(a[i]))
    case CK_SCALE: CK_EACH(a[i] * k)
    case CK_SHIFT: CK_EACH(a[i] + k)
    case CK_POWER: CK(power)(r, a, k, n); break;
    case CK_LEAKY_RELU:
      // Zero times minus infinity is NaN, but relu's value there is 0. NaN is not below 0, and stays.
      if (k == 0.0f) CK_EACH(0.0f > a[i] ? 0.0f : a[i])
      CK_EACH(a[i] > 0.0f ? a[i] : k * a[i])
    case CK_MASK: CK_EACH(a[i] > 0.0f ? 1.0f : k)
    case CK_ADD: CK_EACH(a[i] + b[i])
    case CK_SUBTRACT: CK_EACH(a[i] - b[i])
    case CK_MULTIPLY: CK_EACH(a[i] * b[i])
    case CK_DIVIDE: CK_EACH(a[i] / b[i])
    case CK_MAXIMUM: CK_EACH(((a[i] > b[i]) | (a[i] != a[i])) ? a[i] : b[i])
    case CK_MINIMUM: CK_EACH(((a[i] < b[i]) | (a[i] != a[i])) ? a[i] : b[i])
    case CK_POWER_OF:
      for (int64_t i = 0; i < n; i++) r[i] = powf(a[i], b[i]);
      break;
    case CK_GREATER: CK_EACH(a[i] > b[i] ? 1.0f : 0.0f)
    case CK_GREATER_EQUAL: CK_EACH(a[i] >= b[i] ? 1.0f : 0.0f)
    case CK_EQUAL: CK_EACH(a[i] == b[i] ? 1.0f : 0.0f)
    case CK_SELECT: CK_EACH(a[i] != 0.0f ? b[i] : c[i])
    default: __builtin_trap();
  }
}

/// Elements at..<at + n of an operand that is not dense, in `tile`; or a pointer at them where they lie side by side.
/// `held` is the row that fills the whole tile already, or -1.
static const float *CK(load)(
  const ck_operand *operand, float *tile, int64_t *held, int64_t at, int64_t n
) {
  const float *base = operand->base;
  int64_t inner = operand->inner, count = operand->count;
  if (inner == 1) {
    if (count < CK_TILE) return tile + at % count;  // `tile` holds the period, repeated
    int64_t first = at % count;
    if (first + n <= count) return base + first;
    for (int64_t i = 0; i < n; first = 0) {
      int64_t run = count - first < n - i ? count - first : n - i;
      __builtin_memcpy(tile + i, base + first, (size_t)run * sizeof(float));
      i += run;
    }
    return tile;
  }
  int64_t row = at / inner, left = inner - at % inner;
  if (left >= n && *held == row) return tile;
  *held = left >= n && n == CK_TILE ? row : -1;
  int64_t index = row % count;
  for (int64_t i = 0; i < n;) {
    int64_t end = i + left < n ? i + left : n;
    float value = base[index];
    for (; i < end; i++) tile[i] = value;
    left = inner;
    index = index + 1 == count ? 0 : index + 1;
  }
  return tile;
}

/// A program on one thread: where each register's elements are while a tile goes through.
typedef struct {
  const ck_program *program;
  /// Two tiles per operand that is not dense: room for a period and its repetition.
  float (*tiles)[2 * CK_TILE];
  int64_t *held;
  const float **registers;
} CK(machine);

/// Fills in what stays the same from tile to tile.
static void CK(start)(const CK(machine) *m, float (*slab)[CK_TILE]) {
  const ck_program *program = m->program;
  int64_t operands = program->operand_count;
  for (int64_t o = 0; o < operands; o++) {
    const ck_operand *operand = &program->operands[o];
    m->held[o] = -1;
    if (operand->inner != 1 || operand->count >= CK_TILE || operand->count == program->count) continue;
    float *tile = m->tiles[o];
    __builtin_memcpy(tile, operand->base, (size_t)operand->count * sizeof(float));
    for (int64_t filled = operand->count; filled < 2 * CK_TILE;) {
      int64_t more = filled < 2 * CK_TILE - filled ? filled : 2 * CK_TILE - filled;
      __builtin_memcpy(tile + filled, tile, (size_t)more * sizeof(float));
      filled += more;
    }
  }
  for (int64_t s = 0; s < program->slot_count; s++) m->registers[operands + s] = slab[s];
}

/// Runs the program for elements at..<at + n; n is at most a tile.
static void CK(execute)(const CK(machine) *m, int64_t at, int64_t n) {
  const ck_program *program = m->program;
  const float **registers = m->registers;
  for (int64_t o = 0; o < program->operand_count; o++) {
    const ck_operand *operand = &program->operands[o];
    registers[o] = operand->inner == 1 && operand->count == program->count
      ? operand->base + at : CK(load)(operand, m->tiles[o], &m->held[o], at, n);
  }
  for (int64_t s = 0; s < program->instruction_count; s++) {
    const ck_instruction *i = &program->instructions[s];
    float *r = i->result < 0 ? program->out + at : (float *)registers[i->result];
    const float *a = registers[i->a], *b = registers[i->b], *c = registers[i->c];
    // Whole tiles, nearly all, run loops of known length.
    if (n == CK_TILE) CK(step)(i->opcode, r, a, b, c, i->immediate, CK_TILE);
    else CK(step)(i->opcode, r, a, b, c, i->immediate, n);
  }
}

/// Declares a machine `name` for the program, with its memory.
#define CK_MACHINE(name, a_program)                                            \
  _Alignas(64) float name##_slab[(a_program)->slot_count + 1][CK_TILE];        \
  _Alignas(64) float name##_tiles[(a_program)->operand_count + 1][2 * CK_TILE]; \
  int64_t name##_held[(a_program)->operand_count + 1];                         \
  const float *name##_registers[(a_program)->operand_count + (a_program)->slot_count + 1]; \
  const CK(machine) name = {(a_program), name##_tiles, name##_held, name##_registers};    \
  CK(start)(&name, name##_slab)

static void CK(program)(const void *context, int64_t task, int64_t worker) {
  const ck_program *program = context;
  (void)worker;
  CK_MACHINE(machine, program);
  int64_t from = task * program->task_size;
  int64_t to = from + program->task_size < program->count ? from + program->task_size : program->count;
  for (int64_t at = from; at < to; at += CK_TILE) {
    CK(execute)(&machine, at, to - at < CK_TILE ? to - at : CK_TILE);
  }
}

#undef CK_EACH
