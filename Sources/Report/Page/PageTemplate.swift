import Pages

/// The page without its data: markup, style and script, each in files of their own.
enum PageTemplate {
  static let page = OfflinePage(
    generator: "advas-run report", body: PackageResources.page_html,
    style: PackageResources.page_css,
    scripts: [
      PackageResources.base_js, PackageResources.chart_js, PackageResources.answer_js,
      PackageResources.samples_js, PackageResources.sections_js,
    ])
}
