//! The blog behind a generated file: which posts it has, whose each comment is, what answers what. Everything follows
//! from the seed and the number of a post, so that a blog of any size takes next to no memory.

use super::random::Random;
use super::words::Language;

/// How large a blog is and how its text is spread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Seed of everything.
    pub(crate) seed: u64,
    /// Number of posts.
    pub(crate) posts: u64,
    /// Number of comments.
    pub(crate) comments: u64,
    /// Middle length of a post's HTML; a few are ten times as long, many shorter.
    pub(crate) body: usize,
    /// All comments are on the first post.
    pub(crate) one_thread: bool,
    /// Comments come in no order at all; otherwise by date, as files up to about 2018 have them.
    pub(crate) shuffled: bool,
}

impl Shape {
    /// A blog whose legacy export has about so many bytes: posts of some 8 KB, four comments a post.
    pub(crate) fn of_size(bytes: u64, seed: u64) -> Shape {
        let posts = (bytes / 17_400).max(1);
        Shape {
            seed,
            posts,
            comments: posts * 4,
            body: 5_000,
            one_thread: false,
            shuffled: false,
        }
    }
}

/// A generated blog.
#[derive(Debug)]
pub(crate) struct Blog {
    /// How it was asked for.
    pub(crate) shape: Shape,
    /// Its number.
    pub(crate) id: u64,
    /// Comments in the order of the file.
    pub(crate) comments: Vec<CommentOf>,
}

/// Whose a comment is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommentOf {
    /// Number of the post, from 0, newest first.
    pub(crate) post: u32,
    /// Which of the post's comments it is, from 0.
    pub(crate) place: u32,
    time: i64,
}

/// Who wrote something.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Name.
    pub(crate) name: String,
    /// Profile, where there is one.
    pub(crate) profile: Option<String>,
}

const POST: u64 = 1;
const COMMENT: u64 = 2;
const PERSON: u64 = 3;

/// The second in which the newest post was published, and the seconds over which posts are spread.
const NEWEST: i64 = 1_420_000_000;
const SPAN: i64 = 8 * 365 * 86_400;

impl Blog {
    /// The blog of this shape.
    pub(crate) fn new(shape: Shape) -> Blog {
        let mut blog = Blog {
            shape,
            id: 1_000_000_000_000_000_000 + Random::of(shape.seed, 0, 0).below(1 << 62),
            comments: Vec::new(),
        };
        let mut post = 0;
        let mut left = shape.comments;
        while left > 0 {
            let mut random = Random::of(shape.seed, 4, post);
            // Half of the posts have none; a few have very many.
            let count = match random.below(100) {
                _ if shape.one_thread => left,
                0..=45 => 0,
                46..=85 => random.between(1, 8),
                86..=98 => random.between(8, 24),
                _ => random.between(40, 160),
            };
            for place in 0..count.min(left) {
                let number = post % shape.posts.max(1);
                let late = random.below(86_400 * 40) * random.below(100) / 100;
                blog.comments.push(CommentOf {
                    post: u32::try_from(number).unwrap_or(u32::MAX),
                    place: u32::try_from(place).unwrap_or(u32::MAX) + u32::try_from(post / shape.posts.max(1)).unwrap_or(0) * 999,
                    time: blog.post_time(number) + 60 + late as i64 + place as i64,
                });
            }
            left -= count.min(left);
            post += 1;
        }
        if shape.shuffled {
            blog.comments
                .sort_by_key(|c| Random::of(shape.seed, 5, (u64::from(c.post) << 32) | u64::from(c.place)).next());
        } else {
            blog.comments.sort_by_key(|c| (c.time, c.post, c.place));
        }
        blog
    }

    /// Seconds since 1970 in which a post was published; newest first.
    pub(crate) fn post_time(&self, post: u64) -> i64 {
        let step = SPAN / i64::try_from(self.shape.posts.max(1)).unwrap_or(i64::MAX);
        NEWEST - i64::try_from(post).unwrap_or(0) * step - self.post_chance(post).below(60) as i64
    }

    /// Seconds since 1970 in which a comment was written.
    pub(crate) fn comment_time(&self, comment: &CommentOf) -> i64 {
        comment.time
    }

    /// The chance by which a post is made.
    pub(crate) fn post_chance(&self, post: u64) -> Random {
        Random::of(self.shape.seed, POST, post)
    }

    /// The chance by which a comment is made.
    pub(crate) fn comment_chance(&self, comment: &CommentOf) -> Random {
        Random::of(self.shape.seed, COMMENT, (u64::from(comment.post) << 32) | u64::from(comment.place))
    }

    /// The number that the platform gave a post.
    pub(crate) fn post_id(&self, post: u64) -> u64 {
        1_000_000_000_000_000_000 + Random::of(self.shape.seed, 6, post).below(1 << 62)
    }

    /// The number that the platform gave a comment.
    pub(crate) fn comment_id(&self, post: u64, place: u64) -> u64 {
        1_000_000_000_000_000_000 + Random::of(self.shape.seed, 7, (post << 32) | place).below(1 << 62)
    }

    /// The comment that a comment answers, if any: a third answers one that answers nothing itself.
    pub(crate) fn parent(&self, comment: &CommentOf) -> Option<u64> {
        let place = u64::from(comment.place);
        let mut random = Random::of(self.shape.seed, 8, (u64::from(comment.post) << 32) | place);
        (place % 3 == 2)
            .then(|| place - 1 - random.below(2))
            .filter(|_| random.percent(90))
            .map(|parent| self.comment_id(u64::from(comment.post), parent))
    }

    /// The path of a post.
    pub(crate) fn path(&self, post: u64) -> String {
        let time = date(self.post_time(post));
        format!("/{}/{}/post-{}-{}.html", &time[..4], &time[5..7], post, self.post_id(post) % 1000)
    }

    /// Whether a post is a draft.
    pub(crate) fn is_draft(&self, post: u64) -> bool {
        Random::of(self.shape.seed, 9, post).percent(2)
    }

    /// Who wrote a comment: some have written many.
    pub(crate) fn commenter(&self, random: &mut Random) -> Person {
        let number = random.below(self.shape.comments / 5 + 3) * random.below(100) / 100;
        let mut who = Random::of(self.shape.seed, PERSON, number);
        let mut name = String::new();
        Language::of(&mut who).words(&mut who, 2, &mut name);
        if who.percent(15) {
            return Person {
                name: "Anonymous".to_owned(),
                profile: None,
            };
        }
        Person {
            name,
            profile: Some(format!("https://www.blogger.com/profile/{:020}", who.next())),
        }
    }

    /// Adds the labels of a post.
    pub(crate) fn labels(&self, random: &mut Random) -> Vec<String> {
        let mut labels = Vec::new();
        for _ in 0..random.below(5) {
            let mut what = Random::of(self.shape.seed, 10, random.below(60));
            let mut label = String::new();
            Language::of(&mut what).words(&mut what, 1, &mut label);
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        labels
    }

    /// How long a post's HTML is meant to be.
    pub(crate) fn body_length(&self, random: &mut Random) -> usize {
        let body = self.shape.body;
        match random.below(100) {
            0..=4 => body * 6,
            5..=30 => body / 3,
            31..=60 => body * 2 / 3,
            _ => body,
        }
    }
}

/// A moment in UTC, as RFC 3339 to the second, without its offset.
pub(crate) fn date(seconds: i64) -> String {
    chrono::DateTime::from_timestamp(seconds, 0)
        .unwrap_or_default()
        .format("%Y-%m-%dT%H:%M:%S")
        .to_string()
}
