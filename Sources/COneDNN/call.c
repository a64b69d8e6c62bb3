#if defined(ADVAS_ONEDNN)
#include <stdlib.h>

#include "internal.h"

static dnnl_memory_t memory(const od_convolution *c, const dnnl_memory_desc_t *type, void *address) {
  dnnl_memory_t result = NULL;
  return dnnl_memory_create(&result, type, c->engine, address) == dnnl_success ? result : NULL;
}

od_call *od_call_create(
  const od_convolution *c, float *x, float *filter, float *y, float *scratch, int64_t workers
) {
  od_call *call = calloc(1, sizeof(od_call));
  dnnl_memory_t *scratchpads = calloc((size_t)workers, sizeof(dnnl_memory_t));
  if (!call || !scratchpads || dnnl_stream_create(&call->stream, c->engine, dnnl_stream_default_flags)) {
    free(call);
    free(scratchpads);
    return NULL;
  }
  call->convolution = c;
  call->workers = workers;
  call->x = memory(c, &c->x, x);
  call->y = memory(c, &c->y, y);
  call->filter = memory(c, &c->packed_filter, filter);
  call->scratchpads = scratchpads;
  for (int64_t worker = 0; worker < workers; worker++) {
    call->scratchpads[worker] = memory(c, &c->scratchpad, (char *)scratch + worker * od_scratch_bytes(c));
  }
  return call;
}

void od_call_destroy(od_call *call) {
  for (int64_t i = 0; i < call->workers; i++) {
    if (call->scratchpads[i]) dnnl_memory_destroy(call->scratchpads[i]);
  }
  free(call->scratchpads);
  if (call->x) dnnl_memory_destroy(call->x);
  if (call->y) dnnl_memory_destroy(call->y);
  if (call->filter) dnnl_memory_destroy(call->filter);
  dnnl_stream_destroy(call->stream);
  free(call);
}

void od_run_calls(const void *context, int64_t task, int64_t worker) {
  const od_call *call = ((od_call *const *)context)[task];
  const od_convolution *c = call->convolution;
  int writes_x = c->direction == OD_INPUT_GRADIENT, writes_y = c->direction == OD_FORWARD;
  dnnl_exec_arg_t arguments[4] = {
    {writes_x ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC, call->x},
    {c->direction == OD_FILTER_GRADIENT ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS, call->filter},
    {writes_y ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST, call->y},
    {DNNL_ARG_SCRATCHPAD, call->scratchpads[worker]}};
  dnnl_primitive_execute(c->primitive, call->stream, 4, arguments);
}

od_packing *od_packing_create(const od_convolution *c, float *plain, float *packed, int packs) {
  od_packing *p = calloc(1, sizeof(od_packing));
  if (!p) return NULL;
  const dnnl_memory_desc_t *from = packs ? &c->plain_filter : &c->packed_filter;
  const dnnl_memory_desc_t *to = packs ? &c->packed_filter : &c->plain_filter;
  p->primitive = od_create_reorder(c->engine, from, to);
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
  dnnl_exec_arg_t arguments[2] = {{DNNL_ARG_FROM, (*p)->from}, {DNNL_ARG_TO, (*p)->to}};
  dnnl_primitive_execute((*p)->primitive, (*p)->stream, 2, arguments);
}
#endif
