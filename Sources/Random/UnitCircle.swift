import CKernels

/// Cosine and sine of `turns` full circles, |`turns`| < 2³¹, exact to about 1e-14.
///
/// Polynomials of our own: libm's results differ between versions, and generated data must not.
public func unitCircle(turns: Double) -> (cosine: Double, sine: Double) {
  var cosine = 0.0
  var sine = 0.0
  advas_philox_circle(turns, &cosine, &sine)
  return (cosine, sine)
}
