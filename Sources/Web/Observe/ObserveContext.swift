import Hummingbird
import NIOCore

/// What is known of a request beside it: the connection that it came by.
struct ObserveContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}
