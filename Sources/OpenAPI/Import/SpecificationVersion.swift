/// The dialects that differ for the importer.
enum SpecificationVersion: Comparable {
    case v2, v3_0, v3_1

    /// `#` with the keys that lead to named schemas.
    var schemaPath: [String] {
        self == .v2 ? ["definitions"] : ["components", "schemas"]
    }
}
