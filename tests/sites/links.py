#!/usr/bin/env python3
"""links.py BLOGARK GENERATORS EXPORT...: the links of real sites.

Of each export a site is made with each generator (hugo,jekyll,eleventy,astro,pelican), set up as blogark's own hints say and
otherwise as the generator comes; it is built, crawled by crawl.py and by `blogark check`. A link that leads nowhere is a
fault unless convert's own report names it: then nothing was lost in silence. The programs are named by HUGO,
JEKYLL, ELEVENTY (a folder with its node_modules), ASTRO (the same), NODE and PELICAN; one that is not named is skipped.
SITE_OPTIONS are more options of convert (--permalinks redirect). KEEP is a folder for what was built. Exit 1 where a link
leads nowhere.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import crawl

HERE = pathlib.Path(__file__).resolve().parent


def put(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def hugo(site, out, program):
    comments = '{{ partial "blogark-comments.html" . }}' if (site / "layouts/partials/blogark-comments.html").exists() else ""
    put(site / "hugo.toml", 'baseURL = "http://built.site.invalid/"\ntitle = "A blog"\nmarkup.goldmark.renderer.unsafe = true\n')
    put(site / "layouts/_default/single.html", "<h1>{{ .Title }}</h1>{{ .Content }}" + comments)
    put(site / "layouts/_default/list.html", '{{ range .Pages }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>\n{{ end }}')
    return [program, "--source", site, "--destination", out, "--buildFuture", "--quiet"], None


def jekyll(site, out, program):
    (site / "_includes").mkdir(exist_ok=True)
    (site / "_includes/blogark-comments.html").touch()
    for name in ("post", "page"):
        put(site / "_layouts" / (name + ".html"), "<h1>{{ page.title | escape }}</h1>{{ content }}{% include blogark-comments.html %}")
    put(site / "_config.yml", "timezone: UTC\nliquid: {error_mode: strict}\n")
    put(site / "index.html", "---\n---\n{% for post in site.posts %}<a href=\"{{ post.url }}\">{{ post.title | escape }}</a>\n{% endfor %}")
    return [program, "build", "--source", site, "--destination", out, "--future", "--disable-disk-cache"], {"LANG": "C.UTF-8"}


def eleventy(site, out, folder):
    put(
        site / "eleventy.config.js",
        'export default function (config) {\n  config.addPreprocessor("drafts", "*", (data) => (data.draft ? false : undefined));\n'
        '  config.addGlobalData("layout", "page.njk");\n}\n',
    )
    put(site / "package.json", '{"type": "module"}')
    put(site / "content/_includes/page.njk", "<h1>{{ title }}</h1>{{ content | safe }}")
    put(site / "content/index.njk", "---\nlayout: false\n---\n<h1>A blog</h1>")
    (site / "node_modules").symlink_to(pathlib.Path(folder) / "node_modules")
    node = os.environ.get("NODE", "node")
    return [node, "node_modules/@11ty/eleventy/cmd.cjs", "--input=content", "--output=%s" % out, "--quiet"], None


def astro(site, out, folder):
    put(
        site / "astro.config.mjs",
        'import { defineConfig } from "astro/config";\nexport default defineConfig({ build: { format: "file" }, cacheDir: "./.cache" });\n',
    )
    put(site / "package.json", '{"type": "module"}')
    put(
        site / "src/content.config.ts",
        'import { defineCollection } from "astro:content";\nimport { glob } from "astro/loaders";\n'
        'const of = (base) => defineCollection({ loader: glob({ pattern: "**/*.md", base }) });\n'
        'export const collections = { blog: of("./src/content/blog"), pages: of("./src/content/pages") };\n',
    )
    for section in ("blog", "pages"):
        (site / "src/content" / section).mkdir(parents=True, exist_ok=True)
    put(
        site / "src/pages/[...slug].astro",
        '---\nimport { getCollection, render } from "astro:content";\nexport async function getStaticPaths() {\n'
        "  const all = [];\n  for (const name of [\"blog\", \"pages\"]) {\n"
        "    for (const entry of await getCollection(name, ({ data }) => !data.draft)) {\n"
        "      const own = name === \"blog\" && !entry.data.slug.includes(\"/\") ? \"blog/\" + entry.id : entry.id;\n"
        "      all.push({ params: { slug: own }, props: { entry } });\n    }\n  }\n  return all;\n}\n"
        "const { entry } = Astro.props;\nconst { Content } = await render(entry);\n---\n<html><body><h1>{entry.data.title}</h1><Content /></body></html>\n",
    )
    put(site / "src/pages/index.astro", "<html><body>A blog</body></html>\n")
    (site / "node_modules").symlink_to(pathlib.Path(folder) / "node_modules")
    node = os.environ.get("NODE", "node")
    return [node, "node_modules/astro/bin/astro.mjs", "build", "--outDir", out], {"ASTRO_TELEMETRY_DISABLED": "1"}


def pelican(site, out, program):
    put(
        site / "pelicanconf.py",
        'SITENAME = "A blog"\nSITEURL = ""\nFEED_DOMAIN = "http://built.site.invalid"\nTIMEZONE = "UTC"\nDEFAULT_LANG = "en"\nTHEME = "simple"\n'
        'PATH = "content"\nDEFAULT_PAGINATION = False\nARTICLE_EXCLUDES = []\nSTATIC_PATHS = []\nWITH_FUTURE_DATES = False\nDRAFT_SAVE_AS = ""\nDRAFT_PAGE_SAVE_AS = ""\n',
    )
    (site / "content").mkdir(exist_ok=True)
    return [program, site / "content", "-o", out, "-s", site / "pelicanconf.py", "--ignore-cache"], None


GENERATORS = {"hugo": hugo, "jekyll": jekyll, "eleventy": eleventy, "astro": astro, "pelican": pelican}


def not_named(told, report):
    """What `blogark check` finds that the report does not name."""
    known = crawl.named_by(report)
    found = [(line, re.search(r": the link to (.*) leads nowhere: ", line)) for line in told.splitlines() if not re.search(r" errors? \(|, which has none of that name", line)]
    return [line for line, link in found if line.strip() and not (link and crawl.unquoted(link.group(1)) in known)]


def check(blogark, name, program, export, folder):
    site, out, report = folder / "site", folder / "out", folder / "report.json"
    more = os.environ.get("SITE_OPTIONS", "").split()
    done = subprocess.run([blogark, "convert", export, "--quiet", "--flavor", name, "-o", site, "--report", report, *more], stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 3):
        return "convert: " + done.stderr.strip()[-300:]
    if not (site / ".blogark-manifest.json").exists():
        return None
    if any((folder / "site").glob("*/*/posts")) and not any((folder / "site" / d).is_dir() for d in ("content", "src", "_posts", "_drafts", "pages")):
        return None
    subprocess.run([blogark, "convert", export, "--quiet", "--to", "jsonl", "-o", folder / "all.jsonl"], stderr=subprocess.DEVNULL)
    faults = []
    of_folder = subprocess.run([blogark, "check", "--quiet", site], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if of_folder.returncode not in (0,) and "without pages" not in of_folder.stdout:
        left = not_named(of_folder.stdout, report)
        if left or of_folder.returncode != 3:
            faults.append("blogark check of the Markdown: " + "\n".join(left)[-1500:])
    command, env = GENERATORS[name](site, out, program)
    built = subprocess.run(command, cwd=site, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **(env or {})})
    if built.returncode:
        return "\n".join(faults + ["%s says: %s" % (name, built.stdout.strip()[-1500:])])
    if not any(out.rglob("*.html")):
        return None
    crawled = subprocess.run([sys.executable, HERE / "crawl.py", out, folder / "all.jsonl", report], stdout=subprocess.PIPE, text=True)
    print("%-9s%s" % (name, crawled.stdout.splitlines()[0].replace(str(out), export)))
    if crawled.returncode:
        faults.extend(crawled.stdout.splitlines()[1:])
    ours = subprocess.run([blogark, "check", "--quiet", "--site-url", "http://built.site.invalid/", out], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    left = not_named(ours.stdout, report)
    if ours.returncode and (left or ours.returncode != 3):
        faults.append("blogark check of the site: " + "\n".join(left)[-1500:])
    return "\n".join(faults)


def main():
    blogark, generators, *exports = sys.argv[1:]
    blogark = os.path.abspath(blogark)
    failed = 0
    for name in generators.split(","):
        program = os.environ.get(name.upper()) or shutil.which(name)
        if not program:
            print("skipped: %s; %s names it" % (name, name.upper()))
            continue
        for export in exports:
            with tempfile.TemporaryDirectory() as folder:
                fault = check(blogark, name, program, os.path.abspath(export), pathlib.Path(folder))
                if fault is None:
                    print("%-9s-      %s: several blogs, none, or nothing public" % (name, export))
                elif fault:
                    failed += 1
                    print("FAILED %s %s\n       %s" % (name, export, fault.replace("\n", "\n       ")))
                if os.environ.get("KEEP"):
                    shutil.copytree(folder, pathlib.Path(os.environ["KEEP"]) / name / pathlib.Path(export).name, symlinks=True, dirs_exist_ok=True)
    sys.exit(1 if failed or not exports else 0)


main()
