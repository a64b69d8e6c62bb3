import Diagnostics

/// What other libraries and papers call the names of this language, by those names in lower case.
///
/// Where several are listed, the first that is known at the place is meant.
private let synonyms: [String: [String]] = [
  // Objectives.
  "gan": ["non_saturating"], "vanilla": ["non_saturating"], "logistic": ["non_saturating"],
  "bce": ["non_saturating"], "standard": ["non_saturating"], "ns": ["non_saturating"],
  "nsgan": ["non_saturating"], "saturating": ["minimax"], "wasserstein": ["wgan"],
  "lsgan": ["least_squares"], "mse": ["least_squares", "reconstruction"],
  "rsgan": ["relativistic"], "rgan": ["relativistic"], "ragan": ["relativistic_average"],
  "rasgan": ["relativistic_average"], "mmd_gan": ["mmd"], "ebgan": ["energy_based"],
  "vae": ["elbo"], "autoencoder": ["reconstruction"], "softmax": ["cross_entropy"],
  "f_jsd": ["f_jensen_shannon"], "f_squared_hellinger": ["f_hellinger"],
  "f_pearson_chi2": ["f_pearson"], "f_neyman_chi2": ["f_neyman"],
  // Regularizers.
  "gradient_penalty": ["wgan_gp"], "gp": ["wgan_gp"], "lp": ["wgan_lp"], "one_sided": ["wgan_lp"],
  "gp0": ["wgan_gp0"], "wgangp0": ["wgan_gp0"], "maxgp": ["max_gp"], "r1_penalty": ["r1"],
  "roth_js": ["roth"], "conopt": ["consensus"], "cr": ["consistency"],
  "bcr": ["balanced_consistency"], "zcr": ["latent_consistency"], "ppl": ["path_length"],
  "path_len": ["path_length"], "pl": ["path_length"], "sn": ["spectral_norm"],
  "spec_norm": ["spectral_norm"], "spectral_normalization": ["spectral_norm"],
  "clip": ["weight_clipping", "clamp"], "weight_clip": ["weight_clipping"],
  "clip_grad_norm": ["gradient_norm_clipping"], "grad_clip": ["gradient_norm_clipping"],
  "gradient_clipping": ["gradient_norm_clipping"], "ortho": ["orthogonal"], "l2": ["weight_decay"],
  // Keys.
  "lambda": ["weight"], "gamma": ["weight"], "coefficient": ["weight"], "strength": ["weight"],
  "interval": ["every"], "lazy": ["every"], "loss": ["minimizes", "objective"],
  "value": ["minimizes"], "n_critic": ["steps"], "d_steps": ["steps"], "n_dis": ["steps"],
  "learning_rate": ["lr"], "batch_size": ["batch"], "epochs": ["total"], "iterations": ["total"],
  "steps": ["total"], "kimg": ["total"], "size": ["shape"], "dim": ["shape", "over"],
  "axis": ["over"], "beta1": ["betas"],
  "regularization": ["regularizers"], "penalties": ["regularizers"],
  "regularisers": ["regularizers"], "minimises": ["minimizes"], "model": ["networks"],
]

/// `did you mean 'x'?` for what another library's name is called here, or for the nearest of `names`; nil where none is
/// near.
///
/// `others` are synonyms that declarations of the place have.
package func suggestion(
  for word: String, among names: some Sequence<String>, others: [String: [String]] = [:]
) -> String? {
  let plain = word.lowercased().replacing("-", with: "_")
  let names = Array(names)
  let meant = (others[plain] ?? []) + (synonyms[plain] ?? [])
  if let name = meant.first(where: names.contains) { return "did you mean '\(name)'?" }
  return didYouMean(word, among: names)
}
