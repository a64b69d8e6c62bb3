import Console
import JSON
import Pages

extension GraphDocument {
  /// One offline page that shows the document: the spec beside the graph, passes and memory.
  public var html: String {
    Self.page.html(title: "\(title): graphs", data: json.line)
  }

  private static let page = OfflinePage(
    generator: "advas-graph", body: PackageResources.explorer_html,
    style: PackageResources.explorer_css,
    scripts: [
      PackageResources.model_js, PackageResources.view_js, PackageResources.graph_js,
      PackageResources.memory_js, PackageResources.roofline_js, PackageResources.panels_js,
      PackageResources.main_js,
    ])
}
