//! The load generator of the comparison with peers, and the bare handler that is its limit: `load`, `cold` and `bare`.
//! `benches/peers/run` starts it; alone it says what it takes. It knows HTTP/1.1 and request bodies, nothing of GraphQL.

mod arguments;
mod bare;
mod cold;
mod connection;
mod figures;
mod load;
mod pool;

use arguments::Arguments;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // Cargo calls every bench with this one.
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    let verb = words.next();
    let arguments = Arguments::read(words);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts");
    match verb.as_deref() {
        Some("load") => println!("{}", runtime.block_on(load::run(&arguments))),
        Some("cold") => println!("{}", runtime.block_on(cold::run(&arguments))),
        Some("bare") => runtime.block_on(bare::serve(&arguments)),
        _ => println!("{}", arguments::USAGE),
    }
}
