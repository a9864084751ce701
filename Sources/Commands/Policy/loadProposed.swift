import Documents
import Settings

/// A proposed configuration, or a policy alone on another configuration. All errors are told.
func loadProposed(_ path: String, on base: String) throws -> Configuration {
    let loaded = load(path, on: base)
    guard let configuration = loaded.configuration else {
        for diagnostic in loaded.diagnostics where diagnostic.severity == .error { note(diagnostic.shown) }
        throw CommandError("'\(path)' has errors", hint: "'sallyport check --config FILE' shows everything.")
    }
    return configuration
}
