import Testing

@testable import Training

@Suite struct CheckpointNameTests {
  @Test func checkpointNamesSort() {
    #expect(Checkpoint.fileName(round: 200) == "checkpoint-000200.safetensors")
    #expect(Checkpoint.round(fileName: "checkpoint-1000000.safetensors") == 1_000_000)
    #expect(Checkpoint.round(fileName: "checkpoint-x.safetensors") == nil)
    #expect(Checkpoint.round(fileName: ".checkpoint-000200.safetensors.7-0.tmp") == nil)
  }
}
