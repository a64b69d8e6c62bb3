import Diagnostics
import Layers
import Syntax

extension LayerListBuilder {
  /// How a layer's weights start, and what it multiplies by in their place.
  func weights(
    _ values: KeyValues, _ place: SourceSpan
  ) -> (WeightInitialization, (any WeightTransform)?) {
    let initialization = WeightInitialization(values)
    let transforms = WeightTransforms.chosen(by: values)
    let names = transforms.map { type(of: $0).name }
    if transforms.count > 1 {
      context.error(
        "a layer has one weight transform, but this one has \(listing(names))", at: place,
        hint: "keep one, and set another that 'defaults' asks for to false")
    }
    if initialization.setsWeight, transforms.contains(where: { $0 is EqualizedRate }) {
      context.error(
        "'equalized' says how a weight starts, and so does 'init'", at: place,
        hint: "leave one of them out; the gain of 'equalized' has the effect of that of 'init'")
    }
    return (initialization, transforms.first)
  }
}
