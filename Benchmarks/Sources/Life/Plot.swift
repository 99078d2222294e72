/// Curves over a day, as one SVG file of stacked panels.
struct Plot {
  struct Curve {
    let label: String
    let color: String
    let value: (Sample) -> Double
  }

  struct Panel {
    let title: String
    let curves: [Curve]
  }

  static var panels: [Panel] {
    [
      Panel(title: "rows", curves: [Curve(label: "rows", color: "#444444") { Double($0.rows) }]),
      Panel(
        title: "files",
        curves: [
          Curve(label: "data, keys, state, log", color: "#1f6fb4") { Double($0.files) },
          Curve(label: "audit chain", color: "#c46a1b") { Double($0.auditFiles) },
        ]),
      Panel(
        title: "MB on disk",
        curves: [
          Curve(label: "data, keys, state, log", color: "#1f6fb4") { Double($0.bytes) / 1e6 },
          Curve(label: "audit chain", color: "#c46a1b") { Double($0.auditBytes) / 1e6 },
        ]),
      Panel(
        title: "MB of memory",
        curves: [
          Curve(label: "resident, with the model", color: "#2c8a4b") { Double($0.residentBytes) / 1e6 }
        ]),
    ]
  }

  private static let (width, height, left, gap) = (720.0, 130.0, 70.0, 46.0)

  static func svg(_ samples: [Sample], caption: String) -> String {
    let total = Double(panels.count) * (height + gap) + 40
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" width="820" height="\(Int(total))" font-family="sans-serif" font-size="12">
      <rect width="100%" height="100%" fill="white"/>
      <text x="\(left)" y="20" font-size="14">\(caption)</text>

      """
    for (index, panel) in panels.enumerated() {
      text += draw(panel, samples, top: 50 + Double(index) * (height + gap))
    }
    return text + "</svg>\n"
  }

  private static func draw(_ panel: Panel, _ samples: [Sample], top: Double) -> String {
    let highest = max(1e-9, panel.curves.flatMap { curve in samples.map(curve.value) }.max() ?? 1)
    let last = max(1e-9, samples.last?.hour ?? 1)
    func x(_ hour: Double) -> Double { left + hour / last * width }
    func y(_ value: Double) -> Double { top + height - value / highest * height }
    var text = "<text x=\"\(left)\" y=\"\(top - 6)\">\(panel.title)</text>\n"
    text +=
      "<path d=\"M\(left) \(top) V\(top + height) H\(left + width)\" fill=\"none\" stroke=\"#999999\"/>\n"
    text += "<text x=\"\(left - 6)\" y=\"\(top + 10)\" text-anchor=\"end\">\(short(highest))</text>\n"
    text += "<text x=\"\(left - 6)\" y=\"\(top + height)\" text-anchor=\"end\">0</text>\n"
    for hour in stride(from: 0.0, through: last, by: 6) {
      text +=
        "<text x=\"\(x(hour))\" y=\"\(top + height + 14)\" text-anchor=\"middle\">\(Int(hour)) h</text>\n"
    }
    for (index, curve) in panel.curves.enumerated() {
      let points = samples.map { "\(short(x($0.hour))),\(short(y(curve.value($0))))" }.joined(separator: " ")
      text +=
        "<polyline points=\"\(points)\" fill=\"none\" stroke=\"\(curve.color)\" stroke-width=\"1.5\"/>\n"
      text +=
        "<text x=\"\(left + 80 + 190 * Double(index))\" y=\"\(top - 6)\" fill=\"\(curve.color)\">\(curve.label)</text>\n"
    }
    return text
  }

  /// One digit after the point at most.
  private static func short(_ value: Double) -> String {
    let tenths = (value * 10).rounded() / 10
    return tenths == tenths.rounded() ? String(Int(tenths)) : String(tenths)
  }
}
