import Testing

@testable import OpenAPI

struct RelativePathTests {
    @Test(arguments: [
        ("./a.yaml", "a.yaml"), ("x/../y/b.yaml", "y/b.yaml"), ("../c.yaml", "c.yaml"), ("a%20b.yaml", "d/a b.yaml"),
    ])
    func `a path is read against its folder`(_ reference: String, _ path: String) {
        let base = reference.hasPrefix("../") || reference.hasPrefix("a%") ? "d/base.yaml" : "base.yaml"
        #expect(RelativePath(reference, from: base) == .inside(path))
    }

    @Test(arguments: [
        "../../x", "/etc/passwd", "a/../../../x", "%2e%2e/%2E%2E/x", "..\\..\\x", "a%00b", "%ff",
    ])
    func `nothing leaves the folder`(_ reference: String) {
        #expect(RelativePath(reference, from: "d/base.yaml") == .outside)
    }

    @Test(arguments: ["http://h/x", "file:///etc/passwd", "//h/x", "FTP:x", "c:/x"])
    func `the network is never followed`(_ reference: String) {
        #expect(RelativePath(reference, from: "base.yaml") == .network)
    }
}
