// TensorFlow graphs and sessions for Node: the part of TensorFlow's C API that tfjs-node does not offer.
//
//   graph = new Graph()
//   graph.add(type, name, inputs, attributes, controls) -> [{dtype, shape}]   one operation; shapes by TensorFlow's
//   inference graph.setShape(output, shape)                                           what inference cannot know
//   graph.bytes()                                                           the serialised GraphDef
//   session = new Session(graph, config)                                    config: a serialised ConfigProto
//   session.run(feeds, fetches, targets, trace) -> Promise<{outputs, trace}>  off the JavaScript thread
//   session.close()
//
// Inputs and fetches are written "name" or "name:index"; an array of inputs is one list argument. Attributes have the
// format of tfjs-node: {name, type, value} with the type codes of TF_AttrType.
#ifdef __linux__
#include <malloc.h>
#endif

#include "graph.h"
#include "session.h"

namespace axunet {
void RegisterDepthwise();
void RegisterLossFocal();
void RegisterLossSums();
void RegisterNorm();
void RegisterPointwise();
void RegisterPool();
void RegisterSignedDistance();
void RegisterTaps();
void RegisterUpConvolution();
bool RegisterWinograd();

namespace {

// glibc keeps freed memory of every thread for itself; a training step has many threads and large arrays for a moment
// each.
void KeepLessMemory() {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

Napi::Object Load(Napi::Env env, Napi::Object exports) {
  KeepLessMemory();
  RegisterDepthwise();
  RegisterLossFocal();
  RegisterLossSums();
  RegisterNorm();
  RegisterPointwise();
  RegisterPool();
  RegisterSignedDistance();
  RegisterTaps();
  RegisterUpConvolution();
  const bool has_bfloat16 = RegisterWinograd();
  exports.Set("Graph", Graph::Define(env));
  exports.Set("Session", Session::Define(env));
  exports.Set("hasBfloat16", has_bfloat16);
  return exports;
}

}  // namespace
}  // namespace axunet

static Napi::Object Init(Napi::Env env, Napi::Object exports) { return axunet::Load(env, exports); }

NODE_API_MODULE(tensorflow_graph, Init)
