// TensorFlow graphs and sessions for Node: the part of TensorFlow's C API that tfjs-node does not offer.
//
//   graph = new Graph()
//   graph.add(type, name, inputs, attributes, controls) -> [{dtype, shape}]   one operation; shapes by TensorFlow's inference
//   graph.setShape(output, shape)                                           what inference cannot know
//   graph.bytes()                                                           the serialised GraphDef
//   session = new Session(graph, config)                                    config: a serialised ConfigProto
//   session.run(feeds, fetches, targets, trace) -> Promise<{outputs, trace}>  off the JavaScript thread
//   session.close()
//
// Inputs and fetches are written "name" or "name:index"; an array of inputs is one list argument. Attributes have the format
// of tfjs-node: {name, type, value} with the type codes of TF_AttrType.
#include <malloc.h>
#include <napi.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tensorflow/c/c_api.h"

namespace axunet {
void RegisterDepthwise();
void RegisterDistance();
void RegisterNorm();
void RegisterPointwise();
void RegisterPool();
void RegisterWinograd();
}

namespace {

struct Status {
  TF_Status* status = TF_NewStatus();
  ~Status() { TF_DeleteStatus(status); }
  operator TF_Status*() const { return status; }
  bool ok() const { return TF_GetCode(status) == TF_OK; }
  std::string message() const { return TF_Message(status); }
};

void Check(Napi::Env env, const Status& status) {
  if (!status.ok()) throw Napi::Error::New(env, status.message());
}

std::vector<int64_t> Dimensions(const Napi::Value& value) {
  const auto array = value.As<Napi::Array>();
  std::vector<int64_t> dimensions(array.Length());
  for (uint32_t i = 0; i < array.Length(); i++) dimensions[i] = array.Get(i).ToNumber().Int64Value();
  return dimensions;
}

Napi::Array ToArray(Napi::Env env, const std::vector<int64_t>& dimensions) {
  auto array = Napi::Array::New(env, dimensions.size());
  for (uint32_t i = 0; i < dimensions.size(); i++) array.Set(i, Napi::Number::New(env, static_cast<double>(dimensions[i])));
  return array;
}

// A tensor of {dtype, shape, data: typed array}; throws when the data do not fill it.
TF_Tensor* MakeTensor(const Napi::Object& value) {
  const auto dtype = static_cast<TF_DataType>(value.Get("dtype").ToNumber().Int32Value());
  const auto shape = Dimensions(value.Get("shape"));
  const auto data = value.Get("data").As<Napi::TypedArray>();
  size_t bytes = TF_DataTypeSize(dtype);
  for (const int64_t side : shape) bytes *= static_cast<size_t>(side);
  if (bytes != data.ByteLength()) {
    throw Napi::Error::New(value.Env(), "Expected " + std::to_string(bytes) + " bytes for a tensor, found " + std::to_string(data.ByteLength()));
  }
  TF_Tensor* tensor = TF_AllocateTensor(dtype, shape.data(), static_cast<int>(shape.size()), bytes);
  if (bytes > 0) std::memcpy(TF_TensorData(tensor), static_cast<const char*>(data.ArrayBuffer().Data()) + data.ByteOffset(), bytes);
  return tensor;
}

// Hands a tensor's memory to JavaScript without a copy; it is freed with the typed array.
Napi::Object TakeTensor(Napi::Env env, TF_Tensor* tensor) {
  std::vector<int64_t> shape(TF_NumDims(tensor));
  for (size_t i = 0; i < shape.size(); i++) shape[i] = TF_Dim(tensor, static_cast<int>(i));
  const size_t bytes = TF_TensorByteSize(tensor);
  auto buffer = Napi::ArrayBuffer::New(env, TF_TensorData(tensor), bytes, [](Napi::Env, void*, TF_Tensor* owned) { TF_DeleteTensor(owned); }, tensor);
  auto result = Napi::Object::New(env);
  result.Set("dtype", Napi::Number::New(env, TF_TensorType(tensor)));
  result.Set("shape", ToArray(env, shape));
  result.Set("buffer", buffer);
  return result;
}

class Graph : public Napi::ObjectWrap<Graph> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "Graph", {InstanceMethod("add", &Graph::Add), InstanceMethod("setShape", &Graph::SetShape), InstanceMethod("bytes", &Graph::Bytes)});
  }
  explicit Graph(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Graph>(info) {}
  ~Graph() override { TF_DeleteGraph(graph_); }

  TF_Graph* get() const { return graph_; }

  // "name" or "name:index"
  TF_Output Find(Napi::Env env, const std::string& text) const {
    const size_t colon = text.rfind(':');
    const std::string name = text.substr(0, colon);
    TF_Operation* operation = TF_GraphOperationByName(graph_, name.c_str());
    if (operation == nullptr) throw Napi::Error::New(env, "Expected an operation of the graph, found \"" + name + "\"");
    return {operation, colon == std::string::npos ? 0 : std::atoi(text.c_str() + colon + 1)};
  }

 private:
  Napi::Value Add(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    const std::string type = info[0].As<Napi::String>(), name = info[1].As<Napi::String>();
    const auto inputs = info[2].As<Napi::Array>(), attributes = info[3].As<Napi::Array>(), controls = info[4].As<Napi::Array>();
    std::vector<std::vector<TF_Output>> lists;
    std::vector<TF_Operation*> before;
    for (uint32_t i = 0; i < inputs.Length(); i++) lists.push_back(FindAll(env, inputs.Get(i)));
    for (uint32_t i = 0; i < controls.Length(); i++) before.push_back(Find(env, controls.Get(i).As<Napi::String>()).oper);
    TF_OperationDescription* description = TF_NewOperation(graph_, type.c_str(), name.c_str());
    for (uint32_t i = 0; i < inputs.Length(); i++) {
      if (inputs.Get(i).IsArray()) TF_AddInputList(description, lists[i].data(), static_cast<int>(lists[i].size()));
      else TF_AddInput(description, lists[i][0]);
    }
    for (TF_Operation* operation : before) TF_AddControlInput(description, operation);
    std::string problem;
    for (uint32_t i = 0; i < attributes.Length() && problem.empty(); i++) problem = SetAttribute(description, attributes.Get(i).As<Napi::Object>());
    Status status;
    TF_Operation* operation = TF_FinishOperation(description, status); // also frees a description that is refused
    if (!problem.empty()) throw Napi::Error::New(env, problem);
    Check(env, status);
    return Outputs(env, operation);
  }

  std::vector<TF_Output> FindAll(Napi::Env env, const Napi::Value& value) const {
    if (!value.IsArray()) return {Find(env, value.As<Napi::String>())};
    std::vector<TF_Output> found;
    const auto array = value.As<Napi::Array>();
    for (uint32_t i = 0; i < array.Length(); i++) found.push_back(Find(env, array.Get(i).As<Napi::String>()));
    return found;
  }

  // Returns a sentence when the attribute is of no known kind.
  static std::string SetAttribute(TF_OperationDescription* description, const Napi::Object& attribute) {
    const std::string name = attribute.Get("name").As<Napi::String>();
    const Napi::Value value = attribute.Get("value");
    const bool list = value.IsArray();
    switch (attribute.Get("type").ToNumber().Int32Value()) {
      case TF_ATTR_STRING: {
        if (list) return "Expected one string for the attribute " + name + ", found a list";
        const std::string text = value.As<Napi::String>();
        TF_SetAttrString(description, name.c_str(), text.data(), text.size());
        return "";
      }
      case TF_ATTR_INT: {
        if (!list) return TF_SetAttrInt(description, name.c_str(), value.ToNumber().Int64Value()), "";
        const auto values = Dimensions(value);
        return TF_SetAttrIntList(description, name.c_str(), values.data(), static_cast<int>(values.size())), "";
      }
      case TF_ATTR_FLOAT: return TF_SetAttrFloat(description, name.c_str(), value.ToNumber().FloatValue()), "";
      case TF_ATTR_BOOL: return TF_SetAttrBool(description, name.c_str(), value.ToBoolean().Value()), "";
      case TF_ATTR_TYPE: return TF_SetAttrType(description, name.c_str(), static_cast<TF_DataType>(value.ToNumber().Int32Value())), "";
      case TF_ATTR_SHAPE: {
        const auto shape = Dimensions(value);
        return TF_SetAttrShape(description, name.c_str(), shape.data(), static_cast<int>(shape.size())), "";
      }
      case TF_ATTR_TENSOR: {
        TF_Tensor* tensor = MakeTensor(value.As<Napi::Object>());
        Status status;
        TF_SetAttrTensor(description, name.c_str(), tensor, status);
        TF_DeleteTensor(tensor);
        return status.ok() ? "" : status.message();
      }
      default: return "Expected an attribute of a known type, found " + name;
    }
  }

  Napi::Array Outputs(Napi::Env env, TF_Operation* operation) const {
    const int count = TF_OperationNumOutputs(operation);
    auto outputs = Napi::Array::New(env, count);
    for (int i = 0; i < count; i++) {
      const TF_Output output{operation, i};
      Status status;
      const int rank = TF_GraphGetTensorNumDims(graph_, output, status);
      Check(env, status);
      auto info = Napi::Object::New(env);
      info.Set("dtype", Napi::Number::New(env, TF_OperationOutputType(output)));
      if (rank >= 0) {
        std::vector<int64_t> shape(rank);
        TF_GraphGetTensorShape(graph_, output, shape.data(), rank, status);
        Check(env, status);
        info.Set("shape", ToArray(env, shape));
      }
      outputs.Set(i, info);
    }
    return outputs;
  }

  void SetShape(const Napi::CallbackInfo& info) {
    const auto shape = Dimensions(info[1]);
    Status status;
    TF_GraphSetTensorShape(graph_, Find(info.Env(), info[0].As<Napi::String>()), shape.data(), static_cast<int>(shape.size()), status);
    Check(info.Env(), status);
  }

  Napi::Value Bytes(const Napi::CallbackInfo& info) {
    Status status;
    std::unique_ptr<TF_Buffer, decltype(&TF_DeleteBuffer)> buffer(TF_NewBuffer(), TF_DeleteBuffer);
    TF_GraphToGraphDef(graph_, buffer.get(), status);
    Check(info.Env(), status);
    return Napi::Buffer<uint8_t>::Copy(info.Env(), static_cast<const uint8_t*>(buffer->data), buffer->length);
  }

  TF_Graph* graph_ = TF_NewGraph();
};

// What one call of run needs, apart from JavaScript.
struct Call {
  std::vector<TF_Output> feeds, fetches;
  std::vector<TF_Tensor*> values, results;
  std::vector<const TF_Operation*> targets;
  bool trace = false;
  ~Call() {
    for (TF_Tensor* tensor : values) TF_DeleteTensor(tensor);
    for (TF_Tensor* tensor : results) if (tensor != nullptr) TF_DeleteTensor(tensor);
  }
};

class Session;

class Run : public Napi::AsyncWorker {
 public:
  Run(Napi::Env env, Napi::Object session, std::shared_ptr<TF_Session> handle, std::unique_ptr<Call> call)
      : Napi::AsyncWorker(env), deferred(Napi::Promise::Deferred::New(env)), handle_(std::move(handle)), call_(std::move(call)) {
    session_ = Napi::Persistent(session); // the session lives at least as long as the call
  }

  Napi::Promise::Deferred deferred;

 protected:
  void Execute() override {
    Status status;
    static constexpr char full_trace[] = {0x08, 0x03}; // RunOptions{trace_level: FULL_TRACE}
    const TF_Buffer options{full_trace, sizeof full_trace, nullptr};
    if (call_->trace) metadata_.reset(TF_NewBuffer());
    call_->results.assign(call_->fetches.size(), nullptr);
    TF_SessionRun(handle_.get(), call_->trace ? &options : nullptr, call_->feeds.data(), call_->values.data(), static_cast<int>(call_->feeds.size()),
                  call_->fetches.data(), call_->results.data(), static_cast<int>(call_->fetches.size()),
                  call_->targets.data(), static_cast<int>(call_->targets.size()), metadata_.get(), status);
    for (TF_Tensor* tensor : call_->values) TF_DeleteTensor(tensor);
    call_->values.clear();
    if (!status.ok()) SetError(status.message());
  }

  void OnOK() override {
    const Napi::Env env = Env();
    auto outputs = Napi::Array::New(env, call_->results.size());
    for (uint32_t i = 0; i < call_->results.size(); i++) outputs.Set(i, TakeTensor(env, call_->results[i]));
    call_->results.clear();
    auto result = Napi::Object::New(env);
    result.Set("outputs", outputs);
    if (metadata_) result.Set("trace", Napi::Buffer<uint8_t>::Copy(env, static_cast<const uint8_t*>(metadata_->data), metadata_->length));
    deferred.Resolve(result);
  }

  void OnError(const Napi::Error& error) override { deferred.Reject(error.Value()); }

 private:
  std::shared_ptr<TF_Session> handle_; // a session closed meanwhile goes when its last call is over
  std::unique_ptr<Call> call_;
  Napi::ObjectReference session_;
  std::unique_ptr<TF_Buffer, decltype(&TF_DeleteBuffer)> metadata_{nullptr, TF_DeleteBuffer};
};

class Session : public Napi::ObjectWrap<Session> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "Session", {InstanceMethod("run", &Session::RunCall), InstanceMethod("close", &Session::Close)});
  }

  explicit Session(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Session>(info) {
    const auto graph = info[0].As<Napi::Object>();
    graph_ = Graph::Unwrap(graph);
    owner_ = Napi::Persistent(graph);
    const auto config = info[1].As<Napi::Uint8Array>();
    Status status;
    std::unique_ptr<TF_SessionOptions, decltype(&TF_DeleteSessionOptions)> options(TF_NewSessionOptions(), TF_DeleteSessionOptions);
    TF_SetConfig(options.get(), config.Data(), config.ByteLength(), status);
    Check(info.Env(), status);
    TF_Session* session = TF_NewSession(graph_->get(), options.get(), status);
    Check(info.Env(), status);
    handle_.reset(session, [](TF_Session* closed) { TF_DeleteSession(closed, Status()); });
  }

 private:
  Napi::Value RunCall(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (handle_ == nullptr) throw Napi::Error::New(env, "Expected an open session, found a closed one");
    const auto feeds = info[0].As<Napi::Array>(), fetches = info[1].As<Napi::Array>(), targets = info[2].As<Napi::Array>();
    auto call = std::make_unique<Call>();
    for (uint32_t i = 0; i < feeds.Length(); i++) {
      const auto feed = feeds.Get(i).As<Napi::Object>();
      call->feeds.push_back(graph_->Find(env, feed.Get("name").As<Napi::String>()));
      call->values.push_back(MakeTensor(feed));
    }
    for (uint32_t i = 0; i < fetches.Length(); i++) call->fetches.push_back(graph_->Find(env, fetches.Get(i).As<Napi::String>()));
    for (uint32_t i = 0; i < targets.Length(); i++) call->targets.push_back(graph_->Find(env, targets.Get(i).As<Napi::String>()).oper);
    call->trace = info[3].ToBoolean();
    auto* run = new Run(env, info.This().As<Napi::Object>(), handle_, std::move(call));
    const auto promise = run->deferred.Promise();
    run->Queue();
    return promise;
  }

  void Close(const Napi::CallbackInfo&) { handle_.reset(); }

  Graph* graph_ = nullptr;
  Napi::ObjectReference owner_;
  std::shared_ptr<TF_Session> handle_;
};

// glibc keeps freed memory of every thread for itself; a training step has many threads and large arrays for a moment each.
void KeepLessMemory() {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  KeepLessMemory();
  axunet::RegisterDepthwise();
  axunet::RegisterDistance();
  axunet::RegisterNorm();
  axunet::RegisterPointwise();
  axunet::RegisterPool();
  axunet::RegisterWinograd();
  exports.Set("Graph", Graph::Define(env));
  exports.Set("Session", Session::Define(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(tensorflow_graph, Init)
