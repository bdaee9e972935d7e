// A TensorFlow graph for Node, and what it shares with sessions; see binding.cc.
#pragma once
#include <napi.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tensorflow/c/c_api.h"

namespace axunet {

struct Status {
  TF_Status* status = TF_NewStatus();
  ~Status() { TF_DeleteStatus(status); }
  operator TF_Status*() const { return status; }
  bool ok() const { return TF_GetCode(status) == TF_OK; }
  std::string message() const { return TF_Message(status); }
};

inline void Check(Napi::Env env, const Status& status) {
  if (!status.ok()) throw Napi::Error::New(env, status.message());
}

inline std::vector<int64_t> Dimensions(const Napi::Value& value) {
  const auto array = value.As<Napi::Array>();
  std::vector<int64_t> dimensions(array.Length());
  for (uint32_t i = 0; i < array.Length(); i++) dimensions[i] = array.Get(i).ToNumber().Int64Value();
  return dimensions;
}

inline Napi::Array ToArray(Napi::Env env, const std::vector<int64_t>& dimensions) {
  auto array = Napi::Array::New(env, dimensions.size());
  for (uint32_t i = 0; i < dimensions.size(); i++)
    array.Set(i, Napi::Number::New(env, static_cast<double>(dimensions[i])));
  return array;
}

// A tensor of {dtype, shape, data: typed array}; throws when the data do not fill it.
inline TF_Tensor* MakeTensor(const Napi::Object& value) {
  const auto dtype = static_cast<TF_DataType>(value.Get("dtype").ToNumber().Int32Value());
  const auto shape = Dimensions(value.Get("shape"));
  const auto data = value.Get("data").As<Napi::TypedArray>();
  size_t bytes = TF_DataTypeSize(dtype);
  for (const int64_t side : shape) bytes *= static_cast<size_t>(side);
  if (bytes != data.ByteLength()) {
    throw Napi::Error::New(value.Env(), "Expected " + std::to_string(bytes) + " bytes for a tensor, found " +
                                            std::to_string(data.ByteLength()));
  }
  TF_Tensor* tensor = TF_AllocateTensor(dtype, shape.data(), static_cast<int>(shape.size()), bytes);
  if (bytes > 0)
    std::memcpy(TF_TensorData(tensor), static_cast<const char*>(data.ArrayBuffer().Data()) + data.ByteOffset(), bytes);
  return tensor;
}

// Hands a tensor's memory to JavaScript without a copy; it is freed with the typed array.
inline Napi::Object TakeTensor(Napi::Env env, TF_Tensor* tensor) {
  std::vector<int64_t> shape(TF_NumDims(tensor));
  for (size_t i = 0; i < shape.size(); i++) shape[i] = TF_Dim(tensor, static_cast<int>(i));
  const size_t bytes = TF_TensorByteSize(tensor);
  auto buffer = Napi::ArrayBuffer::New(
      env, TF_TensorData(tensor), bytes, [](Napi::Env, void*, TF_Tensor* owned) { TF_DeleteTensor(owned); }, tensor);
  auto result = Napi::Object::New(env);
  result.Set("dtype", Napi::Number::New(env, TF_TensorType(tensor)));
  result.Set("shape", ToArray(env, shape));
  result.Set("buffer", buffer);
  return result;
}

class Graph : public Napi::ObjectWrap<Graph> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "Graph",
                       {InstanceMethod("add", &Graph::Add), InstanceMethod("setShape", &Graph::SetShape),
                        InstanceMethod("bytes", &Graph::Bytes)});
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
    const auto inputs = info[2].As<Napi::Array>(), attributes = info[3].As<Napi::Array>(),
               controls = info[4].As<Napi::Array>();
    std::vector<std::vector<TF_Output>> lists;
    std::vector<TF_Operation*> before;
    for (uint32_t i = 0; i < inputs.Length(); i++) lists.push_back(FindAll(env, inputs.Get(i)));
    for (uint32_t i = 0; i < controls.Length(); i++)
      before.push_back(Find(env, controls.Get(i).As<Napi::String>()).oper);
    TF_OperationDescription* description = TF_NewOperation(graph_, type.c_str(), name.c_str());
    for (uint32_t i = 0; i < inputs.Length(); i++) {
      if (inputs.Get(i).IsArray()) TF_AddInputList(description, lists[i].data(), static_cast<int>(lists[i].size()));
      else TF_AddInput(description, lists[i][0]);
    }
    for (TF_Operation* operation : before) TF_AddControlInput(description, operation);
    std::string problem;
    for (uint32_t i = 0; i < attributes.Length() && problem.empty(); i++)
      problem = SetAttribute(description, attributes.Get(i).As<Napi::Object>());
    Status status;
    TF_Operation* operation = TF_FinishOperation(description, status);  // also frees a description that is refused
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
      case TF_ATTR_FLOAT:
        return TF_SetAttrFloat(description, name.c_str(), value.ToNumber().FloatValue()), "";
      case TF_ATTR_BOOL:
        return TF_SetAttrBool(description, name.c_str(), value.ToBoolean().Value()), "";
      case TF_ATTR_TYPE:
        return TF_SetAttrType(description, name.c_str(), static_cast<TF_DataType>(value.ToNumber().Int32Value())), "";
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
      default:
        return "Expected an attribute of a known type, found " + name;
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
    TF_GraphSetTensorShape(graph_, Find(info.Env(), info[0].As<Napi::String>()), shape.data(),
                           static_cast<int>(shape.size()), status);
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

}  // namespace axunet
