import Pages

/// The page without its data: markup, style and script, each in files of their own.
enum PageTemplate {
  static let page = page(isServed: false)
  /// The page that follows its runs.
  static let livePage = page(isServed: true)

  private static func page(isServed: Bool) -> OfflinePage {
    OfflinePage(
      generator: "advas-run report", body: PackageResources.page_html,
      style: PackageResources.page_css,
      scripts: [
        PackageResources.base_js, PackageResources.chart_js, PackageResources.answer_js,
        PackageResources.samples_js, PackageResources.sections_js,
      ] + (isServed ? [PackageResources.live_js] : []), isServed: isServed)
  }
}
