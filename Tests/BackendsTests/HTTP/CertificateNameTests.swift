import Testing

@testable import Backends

@Suite struct CertificateNameTests {
    @Test(arguments: [
        ("a.example", "a.example"), ("A.Example", "a.example"), ("*.a.example", "b.a.example"),
        ("localhost", "localhost"),
    ])
    func `names match`(presented: String, host: String) {
        #expect(CertificateName.matches(Array(presented.utf8), host))
    }

    @Test(arguments: [
        ("", ""), ("a.example", "b.example"), ("a.example", "a.example.b"), ("*.a.example", "a.example"),
        ("*.a.example", "c.b.a.example"), ("*.a.example", ".a.example"), ("*", "localhost"), ("*.example", "a.example"),
        ("b*.a.example", "bc.a.example"), ("a.*.example", "a.b.example"), ("*.*.example", "a.b.example"),
        ("a.example\u{0}.evil", "a.example"), ("*.", "a."), ("127.0.0.1", "a.example"),
    ])
    func `other names do not`(presented: String, host: String) {
        #expect(!CertificateName.matches(Array(presented.utf8), host))
    }
}
