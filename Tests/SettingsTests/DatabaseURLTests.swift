import Settings
import Testing

@Suite struct DatabaseURLTests {
    @Test(arguments: [
        "postgresql://sallyport@127.0.0.1:5432/sallyport", "postgres://u@localhost/x?sslmode=disable",
        "postgresql://u@[::1]:5432/x", "postgresql://u@%2Fvar%2Frun%2Fpostgresql/x", "postgresql://localhost/x",
        "postgresql://u@db.example:5432/x?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "postgresql://u@a.example,b.example/x?sslmode=verify-full&target_session_attrs=read-write",
    ])
    func `what is safe is taken`(url: String) {
        #expect(checkDatabaseURL(url) == nil)
    }

    @Test(arguments: [
        ("mysql://u@h/x", "bad-url"), ("postgresql://u@/x", "bad-url"), ("postgresql:///x", "bad-url"),
        ("postgresql://u@127.0.0.1,/x", "bad-url"), ("postgresql://u@:5432/x", "bad-url"),
        ("postgresql://u:p@localhost/x", "secret-in-configuration"),
        ("postgresql://u@localhost/x?password=p", "secret-in-configuration"),
        ("postgresql://u@localhost/x?PassWord=p", "secret-in-configuration"),
        // Any of these would go to another machine than the one that the address names.
        ("postgresql://u@localhost/x?host=db.example", "bad-url"),
        ("postgresql://u@localhost/x?hostaddr=192.0.2.1", "bad-url"),
        ("postgresql://u@localhost/x?%68ost=db.example", "bad-url"),
        ("postgresql://u@localhost/x?service=y", "bad-url"),
        // The later one wins.
        ("postgresql://u@db.example/x?sslmode=verify-full&sslmode=disable", "bad-url"),
        ("postgresql://u@db.example/x?sslmode=verify-full&SSLMODE=disable", "bad-url"),
        ("postgresql://u@db.example/x", "open-database"),
        ("postgresql://u@db.example/x?sslmode=require", "open-database"),
        ("postgresql://u@127.0.0.1,db.example/x", "open-database"),
        ("postgresql://u@a@db.example/x?sslmode=verify-full", "bad-url"), ("postgresql://u@localhost/x#y", "bad-url"),
    ])
    func `what could go wrong is refused`(url: String, code: String) {
        #expect(checkDatabaseURL(url)?.code == code)
    }
}
