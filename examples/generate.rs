//! Writes a blog that means nothing, of any size, the same on every machine: something large to try the program on.
//!
//! ```sh
//! cargo run --release --example generate -- export 100MB blog.xml
//! cargo run --release --example generate -- takeout 100MB feed.atom --seed 7
//! cargo run --release --example generate -- wxr 74MB blog.xml
//! cargo run --release --example generate -- pages 160MB FOLDER
//! ```
//!
//! `--shape` makes an export in which something grows with the square if anything does: `shuffled` (comments in no order),
//! `one-thread` (all comments on one post), `tiny` (nothing but small entries), `one-large` (a single huge post).

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

#[path = "../benches/generator/mod.rs"]
mod generator;

use generator::{Blog, Shape};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match generate(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("generate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn generate(arguments: &[String]) -> io::Result<()> {
    let usage = || {
        io::Error::other(
            "usage: generate export|takeout|wxr|pages SIZE OUT [--seed N] [--shape shuffled|one-thread|tiny|one-large]",
        )
    };
    let [form, size, out, options @ ..] = arguments else {
        return Err(usage());
    };
    let size = bytes(size).ok_or_else(usage)?;
    let mut shape = Shape::of_size(size, 1);
    for option in options.chunks(2) {
        match option {
            [name, value] if name == "--seed" => shape.seed = value.parse().map_err(|_| usage())?,
            [name, value] if name == "--shape" => shape = shaped(shape, size, value).ok_or_else(usage)?,
            _ => return Err(usage()),
        }
    }
    if form == "pages" {
        return pages(shape, size, out);
    }
    let blog = Blog::new(shape);
    let mut file = BufWriter::with_capacity(1 << 20, File::create(out)?);
    match form.as_str() {
        "export" => generator::export(&blog, &mut file)?,
        "takeout" => generator::takeout(&blog, &mut file)?,
        "wxr" => generator::wxr(&blog, &mut file)?,
        _ => return Err(usage()),
    }
    file.flush()?;
    eprintln!("{out}: {} posts, {} comments", blog.shape.posts, blog.comments.len());
    Ok(())
}

/// The odd shapes, at about the same size.
fn shaped(shape: Shape, size: u64, name: &str) -> Option<Shape> {
    Some(match name {
        "shuffled" => Shape { shuffled: true, ..shape },
        "one-thread" => Shape {
            posts: 1,
            comments: size / 2_500,
            one_thread: true,
            ..shape
        },
        "tiny" => Shape {
            posts: size / 2_000,
            comments: 0,
            body: 1,
            ..shape
        },
        "one-large" => Shape {
            posts: 1,
            comments: 0,
            body: usize::try_from(size).ok()?,
            ..shape
        },
        _ => return None,
    })
}

/// A folder of saved pages of 80 KB each.
fn pages(shape: Shape, size: u64, folder: &str) -> io::Result<()> {
    const PAGE: usize = 80_000;
    let count = (size / PAGE as u64).max(1);
    let blog = Blog::new(Shape {
        posts: count,
        comments: count * 4,
        ..shape
    });
    let mut comments = blog.comments.clone();
    comments.sort_by_key(|c| (c.post, c.place));
    std::fs::create_dir_all(folder)?;
    for of_post in comments.chunk_by(|a, b| a.post == b.post) {
        if let Some(first) = of_post.first() {
            let page = generator::saved_page(&blog, u64::from(first.post), of_post, PAGE);
            std::fs::write(format!("{folder}/{:06}.html", first.post), page)?;
        }
    }
    for post in (0..count).filter(|p| comments.binary_search_by_key(p, |c| u64::from(c.post)).is_err()) {
        let page = generator::saved_page(&blog, post, &[], PAGE);
        std::fs::write(format!("{folder}/{post:06}.html"), page)?;
    }
    eprintln!("{folder}: {count} pages, {} comments", comments.len());
    Ok(())
}

/// `100MB` in bytes.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let number: u64 = digits.parse().ok()?;
    let unit = match text.get(digits.len()..)?.to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KB" => 1_000,
        "M" | "MB" => 1_000_000,
        "G" | "GB" => 1_000_000_000,
        _ => return None,
    };
    number.checked_mul(unit)
}
