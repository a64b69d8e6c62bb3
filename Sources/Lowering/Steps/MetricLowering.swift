import Modules
import Spec
import TensorIR

/// Writes the expression of a metric of the spec's own; nil for one of the catalogue.
func lowerMetric(
  _ metric: MetricEntry, of experiment: Experiment, options: LoweringOptions
) -> Function? {
  guard case .expression(let bindings, let value, let isTraining) = metric.measure else {
    return nil
  }
  let builder = GraphBuilder(element: options.element)
  var scope = StepScope(player: metricOwner)
  if !isTraining, metric.usesAverage {
    scope.aliases = experiment.averagedNames
  }
  let expressions = ExpressionLowering(
    experiment: experiment, scope: scope, builder: builder,
    mergesResampling: options.mergesResampling)
  expressions.mode = isTraining ? .training : .evaluation
  expressions.bind(bindings, around: value, of: metric.name)
  builder.origin = Origin(layer: metric.name, span: value.span)
  let batch = expressions.batch(of: value, bindings)
  let context = ExpressionContext(player: metricOwner, batch: batch, entry: metric.name)
  let result = expressions.lower(value, context).tensor
  let graph = builder.graph(name: "metric.\(metric.name)", results: [(metric.name, result)])
  let inputs = graph.inputNames.compactMap { expressions.sources[$0] }
  return Function(
    kind: .metric(name: metric.name), graph: graph, ports: inputs.map(scope.port),
    outcomes: [Outcome(.scalar(metric.name), owner: metricOwner)], faults: builder.faults)
}
