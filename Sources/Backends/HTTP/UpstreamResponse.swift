/// One complete HTTP response of an upstream.
package struct UpstreamResponse: Sendable {
    /// 200…599. A redirect is a response like any other.
    package var status: Int
    /// In the order of arrival; names in lower case. Where the body was decompressed, `content-encoding` and
    /// `content-length` are absent. Bytes that are not UTF-8 appear as U+FFFD.
    package var headers: [(name: String, value: String)]
    /// Decompressed; never more than ``Upstream/Options/maxBodyBytes``.
    package var body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The value of the first field of that name, which is given in lower case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}
