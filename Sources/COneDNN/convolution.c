#if defined(ADVAS_ONEDNN)
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

void od_prepare_thread(void) {
  // Debian's oneDNN runs on libgomp, which has no header here; the setting is the calling thread's own.
  void (*set_threads)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (set_threads) set_threads(1);
}

/// Whether oneDNN chose one of its reference kernels, which are slower than patches and a product.
static int is_slow(const_dnnl_primitive_desc_t descriptor) {
  const char *name = "";
  dnnl_primitive_desc_query(descriptor, dnnl_query_impl_info_str, 0, &name);
  return strncmp(name, "ref", 3) == 0 || strstr(name, "gemm") != NULL;
}

dnnl_primitive_t od_create_reorder(
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

/// The operation's descriptor for one direction.
static dnnl_status_t describe(
  dnnl_convolution_desc_t *result, const od_geometry *g, int direction, const dnnl_memory_desc_t *x, const dnnl_memory_desc_t *filter, const dnnl_memory_desc_t *y
) {
  dnnl_alg_kind_t algorithm = dnnl_convolution_direct;
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

/// Images lie channels last as they are; oneDNN chooses the order of the filter.
static void describe_tensors(od_convolution *c, const od_geometry *g, dnnl_memory_desc_t *filter_type) {
  dnnl_dims_t x = {g->batch, g->in_channels, g->in_size[0], g->in_size[1]};
  dnnl_dims_t y = {g->batch, g->out_channels, g->out_size[0], g->out_size[1]};
  int grouped = g->groups > 1;
  dnnl_dims_t filter = {
    g->groups, g->out_channels / g->groups, g->in_channels / g->groups, g->kernel[0], g->kernel[1]};
  const int64_t *dims = grouped ? filter : filter + 1;
  int rank = grouped ? 5 : 4;
  dnnl_memory_desc_init_by_tag(&c->x, 4, x, dnnl_f32, dnnl_nhwc);
  dnnl_memory_desc_init_by_tag(&c->y, 4, y, dnnl_f32, dnnl_nhwc);
  dnnl_memory_desc_init_by_tag(filter_type, rank, dims, dnnl_f32, dnnl_format_tag_any);
  dnnl_memory_desc_init_by_tag(
    &c->plain_filter, rank, dims, dnnl_f32, grouped ? dnnl_goihw : dnnl_oihw);
}

/// Makes the descriptor and the primitive; 0 where oneDNN refuses.
static int create_primitive(od_convolution *c, const od_geometry *g, const dnnl_memory_desc_t *filter) {
  dnnl_convolution_desc_t operation;
  dnnl_primitive_desc_t hint = NULL;
  if (c->direction != OD_FORWARD) {
    if (describe(&operation, g, OD_FORWARD, &c->x, filter, &c->y) != dnnl_success
        || dnnl_primitive_desc_create(&hint, &operation, NULL, c->engine, NULL) != dnnl_success) {
      return 0;
    }
  }
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_primitive_attr_create(&attributes);
  // The default scratchpad belongs to the creating thread and crashes on another.
  dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
  int made =
    describe(&operation, g, c->direction, &c->x, filter, &c->y) == dnnl_success
    && dnnl_primitive_desc_create(&c->descriptor, &operation, attributes, c->engine, hint)
      == dnnl_success;
  dnnl_primitive_attr_destroy(attributes);
  if (hint) dnnl_primitive_desc_destroy(hint);
  return made && !is_slow(c->descriptor)
    && dnnl_primitive_create(&c->primitive, c->descriptor) == dnnl_success;
}

/// Fills `c` in; 0 where oneDNN refuses.
static int build(od_convolution *c, const od_geometry *g) {
  if (dnnl_engine_create(&c->engine, dnnl_cpu, 0) != dnnl_success) return 0;
  dnnl_memory_desc_t filter;
  describe_tensors(c, g, &filter);
  if (!create_primitive(c, g, &filter)) return 0;
  dnnl_query_t packed =
    c->direction == OD_FILTER_GRADIENT ? dnnl_query_diff_weights_md : dnnl_query_weights_md;
  c->packed_filter = *dnnl_primitive_desc_query_md(c->descriptor, packed, 0);
  c->scratchpad = *dnnl_primitive_desc_query_md(c->descriptor, dnnl_query_scratchpad_md, 0);
  return 1;
}

od_convolution *od_convolution_create(const od_geometry *geometry, od_direction direction) {
  od_prepare_thread();
  od_convolution *c = calloc(1, sizeof(od_convolution));
  if (!c) return NULL;
  c->direction = direction;
  if (build(c, geometry)) return c;
  od_convolution_destroy(c);
  return NULL;
}

void od_convolution_destroy(od_convolution *c) {
  if (c->primitive) dnnl_primitive_destroy(c->primitive);
  if (c->descriptor) dnnl_primitive_desc_destroy(c->descriptor);
  if (c->engine) dnnl_engine_destroy(c->engine);
  free(c);
}

int od_packs_alike(const od_convolution *a, const od_convolution *b) {
  return dnnl_memory_desc_equal(&a->packed_filter, &b->packed_filter);
}

int64_t od_packed_bytes(const od_convolution *c) {
  return (int64_t)dnnl_memory_desc_get_size(&c->packed_filter);
}

int64_t od_scratch_bytes(const od_convolution *c) {
  return ((int64_t)dnnl_memory_desc_get_size(&c->scratchpad) + 63) / 64 * 64;
}
#endif
