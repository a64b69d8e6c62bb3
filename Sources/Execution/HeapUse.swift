import CKernels

/// Bytes of the heap that are in use by the whole process; nil where the C library does not say.
public func heapBytesInUse() -> Int? {
  let bytes = ck_heap_in_use()
  return bytes < 0 ? nil : Int(bytes)
}
