// swift-tools-version:6.2
import PackageDescription

// The rooms of ARCHITECTURE.md with the arrows between them; `scripts/check` holds the imports against this table.
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let rooms: [Target] = [
    .target(name: "JSON"),
    .target(name: "Documents", dependencies: ["JSON", yams]),
    .target(name: "JSONSchema", dependencies: ["JSON"]),
    .target(name: "OpenAPI", dependencies: ["JSON", "Documents"]),
    .target(name: "MCP", dependencies: ["JSON"]),
    .target(name: "HTTP"),
    .target(name: "Risk"),
    .target(name: "Policy", dependencies: ["JSON", "Risk"]),
    .target(name: "Core", dependencies: ["JSON", "JSONSchema", "Risk", "Policy", crypto]),
    .target(name: "Report", dependencies: ["JSON", "Risk", "Policy", "Core", "Evidence"]),
    .target(name: "TransparencyLog", dependencies: [crypto]),
    .target(name: "Evidence", dependencies: ["JSON", "Core", "TransparencyLog"]),
    .target(name: "Telemetry", dependencies: ["JSON", "Risk", "Policy", "Core"]),
    .target(name: "Engine", dependencies: ["JSON", "Risk", "Policy", "Core", "Telemetry"]),
    .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(
        name: "Store",
        dependencies: [
            "JSON", "Policy", "Core", "TransparencyLog", "Evidence", "Telemetry", "Engine", "CPostgreSQL", grdb,
            logging,
        ]),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CTime"),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
        name: "Backends",
        dependencies: ["JSON", "OpenAPI", "HTTP", "Core", "Engine", "CZlib", nioCore, nioPosix, nioSSL, nioTLS]),
    .target(name: "Vault", dependencies: ["Core", "TransparencyLog", "Engine", "Store", crypto, logging]),
    .target(
        name: "Identity",
        dependencies: [
            "JSON", "HTTP", "Core", "Engine", "Store", "Vault", asyncHTTPClient, crypto, cryptoExtras, logging, nioCore,
            nioHTTP1,
        ]),
    .target(
        name: "Notices",
        dependencies: [
            "JSON", "HTTP", "Core", "TransparencyLog", "Telemetry", asyncHTTPClient, crypto, nioCore, nioHTTP1,
            nioPosix, nioSSL, nioTLS,
        ]),
    .target(
        name: "Settings",
        dependencies: [
            "JSON", "Documents", "JSONSchema", "OpenAPI", "HTTP", "Risk", "Policy", "Report", "Core", "TransparencyLog",
            "Evidence", "Telemetry", "Backends", "Notices",
        ]),
    .target(
        name: "Web",
        dependencies: [
            "JSON", "MCP", "HTTP", "Policy", "Core", "Engine", httpTypes, hummingbird, hummingbirdCore, hummingbirdTLS,
            logging, nioCore, nioPosix, nioSSL,
            serviceLifecycle,
        ]),
    .target(
        name: "Pages",
        dependencies: [
            "JSON", "Policy", "Core", "TransparencyLog", "Engine", httpTypes, hummingbird, hummingbirdCore,
            hummingbirdTLS, logging, nioCore, nioSSL,
            serviceLifecycle,
        ]),
    .target(
        name: "Commands",
        dependencies: [
            "JSON", "Documents", "JSONSchema", "OpenAPI", "MCP", "Risk", "Policy", "Report", "Core", "TransparencyLog",
            "Evidence", "Telemetry", "Engine", "Store",
            "Backends", "Vault", "Identity", "Notices", "Settings", "Web", "Pages", "CMalloc", "CTime", argumentParser,
            logging,
            nioCore,
            nioPosix,
            nioSSL, serviceLifecycle, unixSignals,
        ]),
    .executableTarget(name: "sallyport", dependencies: ["Commands"]),
]

let examples: [Target] = [
    .executableTarget(
        name: "acme",
        dependencies: [argumentParser, crypto, grdb, hummingbird, logging],
        path: "Examples/Acme/Sources")
]

let benchmarks: [Target] = [
    .executableTarget(
        name: "import-bench", dependencies: ["Documents", "OpenAPI", "Report", "Settings"],
        path: "Benchmarks/import-bench"),
    .executableTarget(
        name: "log-bench",
        dependencies: ["JSON", "Policy", "Core", "TransparencyLog", "Evidence", "Engine", "Store"],
        path: "Benchmarks/log-bench"),
]

let torture: [Target] = [
    .executableTarget(
        name: "torture", dependencies: ["JSON", "Policy", "Risk", "Core", "Engine", "Store", argumentParser],
        path: "Tests/Torture")
]

let tests: [Target] = [
    .target(name: "TestSupport", dependencies: ["JSON"], path: "Tests/TestSupport"),
    .testTarget(
        name: "AcmeTests",
        dependencies: ["TestSupport", "acme", "JSON", grdb, hummingbird, hummingbirdTesting, yams]),
    .testTarget(name: "BackendsTests", dependencies: ["TestSupport", "Backends", "CZlib", nioCore, nioPosix, nioSSL]),
    .testTarget(
        name: "CommandsTests",
        dependencies: [
            "TestSupport", "JSON", "Documents", "JSONSchema", "Risk", "Policy", "Report", "Core", "TransparencyLog",
            "Telemetry", "Engine", "Store",
            "Backends",
            "Vault", "Identity", "Notices", "Settings", "Web", "Commands", argumentParser, logging, nioCore, nioPosix,
        ],
        exclude: ["Golden"]),
    .testTarget(
        name: "CoreTests", dependencies: ["TestSupport", "JSON", "JSONSchema", "Policy", "Risk", "Core", crypto]),
    .testTarget(
        name: "EngineTests",
        dependencies: ["TestSupport", "JSON", "JSONSchema", "Policy", "Risk", "Core", "Telemetry", "Engine", "Store"]),
    .testTarget(
        name: "EvidenceTests", dependencies: ["TestSupport", "JSON", "Core", "TransparencyLog", "Evidence"]),
    .testTarget(name: "DocumentsTests", dependencies: ["TestSupport", "Documents", "JSON"]),
    .testTarget(name: "JSONSchemaTests", dependencies: ["TestSupport", "JSON", "JSONSchema"]),
    .testTarget(name: "NoticesTests", dependencies: ["JSON", "Core", "Notices"]),
    .testTarget(name: "HTTPTests", dependencies: ["HTTP"]),
    .testTarget(name: "JSONTests", dependencies: ["TestSupport", "JSON"]),
    .testTarget(
        name: "IdentityTests",
        dependencies: [
            "TestSupport", "HTTP", "Identity", "Vault", "JSON", "Core", "Engine", "Store", crypto, cryptoExtras,
            logging,
            nioCore, nioHTTP1,
            nioPosix,
        ]),
    .testTarget(name: "MCPTests", dependencies: ["TestSupport", "JSON", "MCP"]),
    .testTarget(name: "OpenAPITests", dependencies: ["TestSupport", "JSON", "Documents", "OpenAPI"]),
    .testTarget(
        name: "PagesTests",
        dependencies: ["TestSupport", "JSON", "Risk", "Policy", "Core", "Engine", "Store", "Pages"]),
    .testTarget(name: "PolicyTests", dependencies: ["TestSupport", "JSON", "Policy", "Risk"]),
    .testTarget(
        name: "ReportTests",
        dependencies: ["TestSupport", "JSON", "JSONSchema", "Risk", "Core", "Evidence", "Report"]),
    .testTarget(name: "RiskTests", dependencies: ["TestSupport", "Risk"]),
    .testTarget(
        name: "SettingsTests",
        dependencies: [
            "TestSupport", "JSON", "Documents", "JSONSchema", "OpenAPI", "Risk", "Policy", "Report", "Core",
            "Telemetry",
            "Backends", "Settings",
        ]),
    .testTarget(
        name: "StoreTests",
        dependencies: [
            "TestSupport", "JSON", "Policy", "Core", "TransparencyLog", "Evidence", "Telemetry", "Engine", "Store",
            grdb,
        ]),
    .testTarget(name: "TelemetryTests", dependencies: ["TestSupport", "JSON", "Policy", "Risk", "Core", "Telemetry"]),
    .testTarget(name: "TransparencyLogTests", dependencies: ["TestSupport", "JSON", "TransparencyLog", crypto]),
    .testTarget(
        name: "VaultTests",
        dependencies: [
            "TestSupport", "Vault", "JSON", "Core", "TransparencyLog", "Engine", "Store", crypto, grdb, logging,
        ]),
    .testTarget(
        name: "WebTests",
        dependencies: [
            "TestSupport", "JSON", "JSONSchema", "MCP", "Risk", "Policy", "Core", "Engine", "Store", "Web", logging,
            nioCore,
            nioEmbedded, nioPosix, serviceLifecycle,
        ]),
]

let package = Package(
    name: "sallyport",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "sallyport", targets: ["sallyport"]),
        .library(name: "MCP", targets: ["MCP"]),
        .library(name: "TransparencyLog", targets: ["TransparencyLog"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: rooms + examples + benchmarks + torture + tests,
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
    ]
}
