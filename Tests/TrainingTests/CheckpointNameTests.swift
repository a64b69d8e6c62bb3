import Testing

@testable import Training

@Suite struct CheckpointNameTests {
  @Test func checkpointNamesSort() {
    #expect(Checkpoint.fileName(round: 200) == "checkpoint-000200.safetensors")
    #expect(Checkpoint.round(fileName: "checkpoint-1000000.safetensors") == 1_000_000)
    #expect(Checkpoint.round(fileName: "checkpoint-x.safetensors") == nil)
    // Nothing would find the file by its round.
    #expect(Checkpoint.round(fileName: "checkpoint-200.safetensors") == nil)
    #expect(Checkpoint.round(fileName: "checkpoint-+00200.safetensors") == nil)
    #expect(Checkpoint.round(fileName: ".checkpoint-000200.safetensors.7-0.tmp") == nil)
  }
}
