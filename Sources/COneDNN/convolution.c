#include "include/COneDNN.h"

#include <stddef.h>

#if defined(ADVAS_ONEDNN)
#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>
#include <stdlib.h>
#include <string.h>

/// Reordering of an operand into the order that the primitive wants, or back.
typedef struct {
  dnnl_primitive_t primitive;
  dnnl_memory_desc_t plain, wanted;
  /// Of the wanted order; 0 where no reordering is needed.
  int64_t bytes;
} od_reorder;

struct od_convolution {
  od_direction direction;
  dnnl_engine_t engine;
  dnnl_primitive_desc_t descriptor;
  dnnl_primitive_t primitive;
  dnnl_memory_desc_t plain_filter, packed_filter, scratchpad;
  od_reorder x, y;
};

struct od_call {
  const od_convolution *convolution;
  dnnl_stream_t stream;
  dnnl_memory_t x, y, filter;
  int64_t workers;
  /// Per worker.
  dnnl_memory_t *x_wanted, *y_wanted, *scratchpad;
};

struct od_packing {
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  dnnl_primitive_t primitive;
  dnnl_memory_t from, to;
};

void od_prepare_thread(void) {
  // Debian's oneDNN runs on libgomp, which has no header here; the setting is the calling thread's own.
  void (*set_threads)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (set_threads) set_threads(1);
}

static int64_t aligned(int64_t bytes) { return (bytes + 63) / 64 * 64; }

static int is_slow(const char *implementation) {
  return strncmp(implementation, "ref", 3) == 0 || strstr(implementation, "gemm") != NULL;
}

/// Makes the reorder primitive between two orders of one tensor.
static dnnl_primitive_t create_reorder(
  dnnl_engine_t engine, const dnnl_memory_desc_t *from, const dnnl_memory_desc_t *to
) {
  dnnl_primitive_desc_t descriptor = NULL;
  dnnl_primitive_t primitive = NULL;
  if (dnnl_reorder_primitive_desc_create(&descriptor, from, engine, to, engine, NULL)
      != dnnl_success) {
    return NULL;
  }
  dnnl_primitive_create(&primitive, descriptor);
  dnnl_primitive_desc_destroy(descriptor);
  return primitive;
}

/// Whether the image's order differs from the primitive's, and the reorder if so; 0 on failure.
static int prepare_reorder(
  dnnl_engine_t engine, od_reorder *reorder, const dnnl_memory_desc_t *plain,
  const dnnl_memory_desc_t *wanted, int back
) {
  reorder->plain = *plain;
  reorder->wanted = *wanted;
  if (dnnl_memory_desc_equal(plain, wanted)) return 1;
  reorder->bytes = (int64_t)dnnl_memory_desc_get_size(wanted);
  reorder->primitive = back ? create_reorder(engine, wanted, plain) : create_reorder(engine, plain, wanted);
  return reorder->primitive != NULL;
}

/// The operation's descriptor for one direction and algorithm.
static dnnl_status_t describe(
  dnnl_convolution_desc_t *result, const od_geometry *g, int direction, dnnl_alg_kind_t algorithm,
  const dnnl_memory_desc_t *x, const dnnl_memory_desc_t *filter, const dnnl_memory_desc_t *y
) {
  dnnl_dims_t dilates = {g->dilation[0] - 1, g->dilation[1] - 1};
  // oneDNN wants the high pads that the output size implies; rows that no tap reads count as negative.
  dnnl_dims_t high;
  for (int axis = 0; axis < 2; axis++) {
    int64_t reach = (g->out_size[axis] - 1) * g->stride[axis] + g->dilation[axis] * (g->kernel[axis] - 1) + 1;
    high[axis] = reach - g->in_size[axis] - g->low[axis];
  }
  switch (direction) {
    case OD_FORWARD:
      return dnnl_dilated_convolution_forward_desc_init(
        result, dnnl_forward_training, algorithm, x, filter, NULL, y, g->stride, dilates, g->low, high);
    case OD_INPUT_GRADIENT:
      return dnnl_dilated_convolution_backward_data_desc_init(
        result, algorithm, x, filter, y, g->stride, dilates, g->low, high);
    default:
      return dnnl_dilated_convolution_backward_weights_desc_init(
        result, algorithm, x, filter, NULL, y, g->stride, dilates, g->low, high);
  }
}

/// Fills `c` in; 0 where oneDNN refuses.
static int build(od_convolution *c, const od_geometry *g, od_algorithm choice) {
  dnnl_alg_kind_t algorithm = choice == OD_WINOGRAD ? dnnl_convolution_winograd : dnnl_convolution_direct;
  dnnl_dims_t x_dims = {g->batch, g->in_channels, g->in_size[0], g->in_size[1]};
  dnnl_dims_t y_dims = {g->batch, g->out_channels, g->out_size[0], g->out_size[1]};
  int grouped = g->groups > 1;
  dnnl_dims_t filter_dims = {
    g->groups, g->out_channels / g->groups, g->in_channels / g->groups, g->kernel[0], g->kernel[1]};
  const int64_t *dims = grouped ? filter_dims : filter_dims + 1;
  int rank = grouped ? 5 : 4;
  // Winograd works on blocked images only; the direct kernels take channels last as they are.
  dnnl_format_tag_t images = choice == OD_WINOGRAD ? dnnl_format_tag_any : dnnl_nhwc;
  dnnl_memory_desc_t x, y, filter, plain_x, plain_y;
  dnnl_memory_desc_init_by_tag(&x, 4, x_dims, dnnl_f32, images);
  dnnl_memory_desc_init_by_tag(&y, 4, y_dims, dnnl_f32, images);
  dnnl_memory_desc_init_by_tag(&plain_x, 4, x_dims, dnnl_f32, dnnl_nhwc);
  dnnl_memory_desc_init_by_tag(&plain_y, 4, y_dims, dnnl_f32, dnnl_nhwc);
  dnnl_memory_desc_init_by_tag(&filter, rank, dims, dnnl_f32, dnnl_format_tag_any);
  dnnl_memory_desc_init_by_tag(
    &c->plain_filter, rank, dims, dnnl_f32, grouped ? dnnl_goihw : dnnl_oihw);

  if (dnnl_engine_create(&c->engine, dnnl_cpu, 0) != dnnl_success) return 0;
  dnnl_convolution_desc_t operation;
  dnnl_primitive_desc_t hint = NULL;
  if (c->direction != OD_FORWARD) {
    if (describe(&operation, g, OD_FORWARD, algorithm, &x, &filter, &y) != dnnl_success
        || dnnl_primitive_desc_create(&hint, &operation, NULL, c->engine, NULL) != dnnl_success) {
      return 0;
    }
  }
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_primitive_attr_create(&attributes);
  // The default scratchpad belongs to the creating thread and crashes on another.
  dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
  int made =
    describe(&operation, g, c->direction, algorithm, &x, &filter, &y) == dnnl_success
    && dnnl_primitive_desc_create(&c->descriptor, &operation, attributes, c->engine, hint) == dnnl_success;
  dnnl_primitive_attr_destroy(attributes);
  if (hint) dnnl_primitive_desc_destroy(hint);
  if (!made || is_slow(od_implementation(c))) return 0;
  if (dnnl_primitive_create(&c->primitive, c->descriptor) != dnnl_success) return 0;

  dnnl_query_t queries[3][3] = {
    {dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_dst_md},
    {dnnl_query_diff_src_md, dnnl_query_weights_md, dnnl_query_diff_dst_md},
    {dnnl_query_src_md, dnnl_query_diff_weights_md, dnnl_query_diff_dst_md}};
  const dnnl_query_t *query = queries[c->direction];
  c->packed_filter = *dnnl_primitive_desc_query_md(c->descriptor, query[1], 0);
  c->scratchpad = *dnnl_primitive_desc_query_md(c->descriptor, dnnl_query_scratchpad_md, 0);
  return prepare_reorder(
           c->engine, &c->x, &plain_x, dnnl_primitive_desc_query_md(c->descriptor, query[0], 0),
           c->direction == OD_INPUT_GRADIENT)
    && prepare_reorder(
           c->engine, &c->y, &plain_y, dnnl_primitive_desc_query_md(c->descriptor, query[2], 0),
           c->direction == OD_FORWARD);
}

od_convolution *od_convolution_create(
  const od_geometry *geometry, od_direction direction, od_algorithm algorithm
) {
  od_prepare_thread();
  od_convolution *c = calloc(1, sizeof(od_convolution));
  if (!c) return NULL;
  c->direction = direction;
  if (build(c, geometry, algorithm)) return c;
  od_convolution_destroy(c);
  return NULL;
}

void od_convolution_destroy(od_convolution *c) {
  if (c->x.primitive) dnnl_primitive_destroy(c->x.primitive);
  if (c->y.primitive) dnnl_primitive_destroy(c->y.primitive);
  if (c->primitive) dnnl_primitive_destroy(c->primitive);
  if (c->descriptor) dnnl_primitive_desc_destroy(c->descriptor);
  if (c->engine) dnnl_engine_destroy(c->engine);
  free(c);
}

const char *od_implementation(const od_convolution *c) {
  const char *name = "";
  dnnl_primitive_desc_query(c->descriptor, dnnl_query_impl_info_str, 0, &name);
  return name;
}

int64_t od_packed_bytes(const od_convolution *c) {
  return (int64_t)dnnl_memory_desc_get_size(&c->packed_filter);
}

int64_t od_scratch_bytes(const od_convolution *c) {
  return aligned((int64_t)dnnl_memory_desc_get_size(&c->scratchpad)) + aligned(c->x.bytes)
    + aligned(c->y.bytes);
}

static dnnl_memory_t memory(const od_convolution *c, const dnnl_memory_desc_t *type, void *address) {
  dnnl_memory_t result = NULL;
  return dnnl_memory_create(&result, type, c->engine, address) == dnnl_success ? result : NULL;
}

od_call *od_call_create(
  const od_convolution *c, float *x, float *filter, float *y, float *scratch, int64_t workers
) {
  od_call *call = calloc(1, sizeof(od_call));
  dnnl_memory_t *memories = calloc((size_t)workers * 3, sizeof(dnnl_memory_t));
  if (!call || !memories || dnnl_stream_create(&call->stream, c->engine, dnnl_stream_default_flags)) {
    free(call);
    free(memories);
    return NULL;
  }
  call->convolution = c;
  call->workers = workers;
  call->x = memory(c, &c->x.plain, x);
  call->y = memory(c, &c->y.plain, y);
  call->filter = memory(c, &c->packed_filter, filter);
  call->x_wanted = memories;
  call->y_wanted = memories + workers;
  call->scratchpad = memories + 2 * workers;
  for (int64_t worker = 0; worker < workers; worker++) {
    char *at = (char *)scratch + worker * od_scratch_bytes(c);
    call->scratchpad[worker] = memory(c, &c->scratchpad, at);
    at += aligned((int64_t)dnnl_memory_desc_get_size(&c->scratchpad));
    if (c->x.primitive) call->x_wanted[worker] = memory(c, &c->x.wanted, at);
    at += aligned(c->x.bytes);
    if (c->y.primitive) call->y_wanted[worker] = memory(c, &c->y.wanted, at);
  }
  return call;
}

void od_call_destroy(od_call *call) {
  for (int64_t i = 0; i < 3 * call->workers; i++) {
    if (call->x_wanted[i]) dnnl_memory_destroy(call->x_wanted[i]);
  }
  free(call->x_wanted);
  if (call->x) dnnl_memory_destroy(call->x);
  if (call->y) dnnl_memory_destroy(call->y);
  if (call->filter) dnnl_memory_destroy(call->filter);
  dnnl_stream_destroy(call->stream);
  free(call);
}

static void reorder(dnnl_primitive_t primitive, dnnl_stream_t stream, dnnl_memory_t from, dnnl_memory_t to) {
  dnnl_exec_arg_t arguments[2] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
  dnnl_primitive_execute(primitive, stream, 2, arguments);
}

void od_run_calls(const void *context, int64_t task, int64_t worker) {
  const od_call *call = ((od_call *const *)context)[task];
  const od_convolution *c = call->convolution;
  dnnl_memory_t x = c->x.primitive ? call->x_wanted[worker] : call->x;
  dnnl_memory_t y = c->y.primitive ? call->y_wanted[worker] : call->y;
  int writes_x = c->direction == OD_INPUT_GRADIENT, writes_y = c->direction == OD_FORWARD;
  if (c->x.primitive && !writes_x) reorder(c->x.primitive, call->stream, call->x, x);
  if (c->y.primitive && !writes_y) reorder(c->y.primitive, call->stream, call->y, y);
  dnnl_exec_arg_t arguments[4] = {
    {writes_x ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC, x},
    {c->direction == OD_FILTER_GRADIENT ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS, call->filter},
    {writes_y ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST, y},
    {DNNL_ARG_SCRATCHPAD, call->scratchpad[worker]}};
  dnnl_primitive_execute(c->primitive, call->stream, 4, arguments);
  if (c->x.primitive && writes_x) reorder(c->x.primitive, call->stream, x, call->x);
  if (c->y.primitive && writes_y) reorder(c->y.primitive, call->stream, y, call->y);
}

od_packing *od_packing_create(const od_convolution *c, float *plain, float *packed, int packs) {
  od_packing *p = calloc(1, sizeof(od_packing));
  if (!p) return NULL;
  const dnnl_memory_desc_t *from = packs ? &c->plain_filter : &c->packed_filter;
  const dnnl_memory_desc_t *to = packs ? &c->packed_filter : &c->plain_filter;
  p->primitive = create_reorder(c->engine, from, to);
  p->from = memory(c, from, packs ? plain : packed);
  p->to = memory(c, to, packs ? packed : plain);
  dnnl_stream_create(&p->stream, c->engine, dnnl_stream_default_flags);
  return p;
}

void od_packing_destroy(od_packing *p) {
  if (p->primitive) dnnl_primitive_destroy(p->primitive);
  if (p->from) dnnl_memory_destroy(p->from);
  if (p->to) dnnl_memory_destroy(p->to);
  if (p->stream) dnnl_stream_destroy(p->stream);
  free(p);
}

void od_run_packing(const void *context, int64_t task, int64_t worker) {
  od_packing *const *p = context;
  (void)task;
  (void)worker;
  reorder((*p)->primitive, (*p)->stream, (*p)->from, (*p)->to);
}

#else

// Without oneDNN no convolution exists, so nothing below is reached with one.
od_convolution *od_convolution_create(
  const od_geometry *geometry, od_direction direction, od_algorithm algorithm
) {
  (void)geometry, (void)direction, (void)algorithm;
  return NULL;
}
void od_convolution_destroy(od_convolution *c) { (void)c; }
const char *od_implementation(const od_convolution *c) { return (void)c, ""; }
int64_t od_packed_bytes(const od_convolution *c) { return (void)c, 0; }
int64_t od_scratch_bytes(const od_convolution *c) { return (void)c, 0; }
od_call *od_call_create(
  const od_convolution *c, float *x, float *filter, float *y, float *scratch, int64_t workers
) {
  (void)c, (void)x, (void)filter, (void)y, (void)scratch, (void)workers;
  return NULL;
}
void od_call_destroy(od_call *call) { (void)call; }
void od_run_calls(const void *context, int64_t task, int64_t worker) {
  (void)context, (void)task, (void)worker;
}
od_packing *od_packing_create(const od_convolution *c, float *plain, float *packed, int packs) {
  (void)c, (void)plain, (void)packed, (void)packs;
  return NULL;
}
void od_packing_destroy(od_packing *p) { (void)p; }
void od_run_packing(const void *context, int64_t task, int64_t worker) {
  (void)context, (void)task, (void)worker;
}
void od_prepare_thread(void) {}
#endif
