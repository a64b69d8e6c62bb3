/// The elementwise virtual machine: a straight-line program run tile by tile, registers in the first-level cache.
#pragma once
#include <stdint.h>

enum { CK_TILE = 256 };

/// In the order of Swift's `ScalarOpcode`.
enum {
  CK_NEGATE, CK_ABS, CK_EXP, CK_LOG, CK_SQRT, CK_RSQRT, CK_RECIPROCAL, CK_SQUARE, CK_TANH,
  CK_SIGMOID, CK_SOFTPLUS, CK_ERF, CK_SIGN, CK_NORM_ROOT, CK_INVERSE_NORM_ROOT, CK_WRIGHT_OMEGA,
  CK_SCALE, CK_SHIFT, CK_POWER, CK_LEAKY_RELU, CK_MASK,
  CK_ADD, CK_SUBTRACT, CK_MULTIPLY, CK_DIVIDE, CK_MAXIMUM, CK_MINIMUM, CK_POWER_OF,
  CK_GREATER, CK_GREATER_EQUAL, CK_EQUAL, CK_SELECT, CK_OPCODE_COUNT
};

/// Registers: 0..<operand_count are the operands, then the slots of the slab; -1 is the result in memory.
typedef struct {
  uint8_t opcode;
  int16_t result, a, b, c;
  float immediate;
} ck_instruction;

/// Element i of the result reads `base[(i / inner) % count]`.
typedef struct {
  const float *base;
  int64_t inner, count;
} ck_operand;

/// `out` may be the base of an operand that is read densely.
typedef struct {
  float *out;
  int64_t count;
  /// Elements of a task, a multiple of CK_TILE.
  int64_t task_size;
  int32_t operand_count, instruction_count, slot_count;
  const ck_operand *operands;
  const ck_instruction *instructions;
} ck_program;
