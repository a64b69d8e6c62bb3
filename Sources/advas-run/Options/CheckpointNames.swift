import ArgumentParser

/// Throws where both the path of a run and `--checkpoint` name a checkpoint.
func requireOneCheckpoint(_ path: String, _ checkpoint: String?) throws {
  guard checkpoint == nil || !path.hasSuffix(".safetensors") else {
    throw ValidationError("--checkpoint and the path name a checkpoint each: leave one out.")
  }
}
