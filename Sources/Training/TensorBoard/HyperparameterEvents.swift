import Data

/// The records by which TensorBoard's plugin `hparams` puts runs beside each other: what a run was given, and which
/// numbers to show of it. (plugins/hparams/plugin_data.proto.)
struct HyperparameterEvents {
  private enum Value {
    case number(Double)
    case boolean(Bool)
    case text(String)

    init(_ text: String) {
      if let number = Double(text) {
        self = .number(number)
      } else {
        self = text == "true" || text == "false" ? .boolean(text == "true") : .text(text)
      }
    }

    /// Number of the plugin's `DataType`.
    var type: Int {
      switch self {
      case .text: 1
      case .boolean: 2
      case .number: 3
      }
    }
  }

  private let given: [(name: String, value: Value)]
  private let metrics: [String]
  /// The run's name.
  private let group: String

  /// `metrics` are tags of scalars.
  init(_ leaves: [SpecValues.Leaf], metrics: [String], group: String) {
    given = leaves.filter { Self.isGiven($0.path) }.map { ($0.path, Value($0.text)) }
    self.metrics = metrics
    self.group = group
  }

  /// Whether runs are tuned by what stands at a path: not networks and data, which are another experiment.
  private static func isGiven(_ path: String) -> Bool {
    let sections: Set<Substring> = [
      "seed", "vars", "objective", "regularizers", "players", "optimizer", "scalars", "ema",
      "train",
    ]
    let parts = path.split(separator: ".")
    return parts.first.map { sections.contains($0) } ?? false
      && !["train.total", "train.threads", "train.memory_budget"].contains(path)
  }

  /// The two records at a run's start.
  func start(time: Double) -> [TensorBoardEvent] {
    [
      Self.event("experiment", time) { data in
        data.add(2) { experiment in
          for (name, value) in given {
            experiment.add(4) { info in
              info.add(1, text: name)
              info.add(4, number: value.type)
            }
          }
          for metric in metrics {
            experiment.add(5) { info in info.add(1) { $0.add(2, text: metric) } }
          }
        }
      },
      Self.event("session_start_info", time) { data in
        data.add(3) { session in
          for (name, value) in given {
            session.add(1) { entry in
              entry.add(1, text: name)
              entry.add(2) { Self.write(value, to: &$0) }
            }
          }
          session.add(4, text: group)
          session.add(5, double: time)
        }
      },
    ]
  }

  /// The record at its end.
  func end(time: Double, step: Int) -> TensorBoardEvent {
    Self.event("session_end_info", time, step: step) { data in
      data.add(4) { session in
        session.add(1, number: 1)
        session.add(2, double: time)
      }
    }
  }

  /// As `google.protobuf.Value`.
  private static func write(_ value: Value, to message: inout ProtocolMessage) {
    switch value {
    case .number(let number): message.add(2, double: number)
    case .text(let text): message.add(3, text: text)
    case .boolean(let isTrue): message.add(4, number: isTrue ? 1 : 0)
    }
  }

  private static func event(
    _ name: String, _ time: Double, step: Int = 0, _ data: (inout ProtocolMessage) -> Void
  ) -> TensorBoardEvent {
    var content = ProtocolMessage()
    data(&content)
    return TensorBoardEvent(time: time, step: step) { event in
      event.add(5) { summary in
        summary.add(1) { value in
          value.add(1, text: "_hparams_/\(name)")
          value.add(9) { metadata in
            metadata.add(1) { plugin in
              plugin.add(1, text: "hparams")
              plugin.add(2, bytes: content.bytes)
            }
          }
        }
      }
    }
  }
}
