#!/usr/bin/env python3
"""run.py BLOGARK INPUT...: real web servers answer every old address of each blog with 301 to the right place.

The old addresses are taken from the JSON Lines, not from blogark's own table: those of the public posts and pages, of plain
labels, of the feeds and of the front page, as they were and for telephones (?m=1). Where the address of a post must lead is
read from the file that blogark wrote for it. Each is asked for at every host of the blog: its own, with and without www.,
and Blogger's country forms of a blogspot.com. nginx, Apache and Caddy are started on a local port with the generated rules;
one that is not on the machine is named and skipped. Exit 1 where an answer is wrong.
"""
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

NEW = "https://new.example/blog"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def nginx(program, rules, folder, port, hosts):
    conf = folder / "nginx-main.conf"
    conf.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\nevents {{}}\nhttp {{ access_log off;\n"
        + "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        + f"include {rules}/nginx.conf;\nserver {{ listen 127.0.0.1:{port} default_server; return 444; }}\n"
        f"server {{ listen 127.0.0.1:{port}; server_name {' '.join(hosts)}; root {folder}/empty;\n"
        f"if ($blogark_moved) {{ return 301 $blogark_moved; }}\n}} }}\n"
    )
    return [program, "-c", str(conf), "-e", str(folder / "nginx.log")], None


def apache(program, rules, folder, port, hosts):
    modules = next(p for p in ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/libexec/apache2") if os.path.isdir(p))
    root = folder / "empty"
    shutil.copy(rules / "apache.htaccess", root / ".htaccess")
    conf = folder / "apache.conf"
    loads = "".join(
        f"LoadModule {name}_module {modules}/mod_{name}.so\n" for name in ("mpm_event", "authz_core", "rewrite") if os.path.exists(f"{modules}/mod_{name}.so")
    )
    conf.write_text(
        f"ServerRoot {folder}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {folder}/apache.pid\nErrorLog {folder}/apache.log\n{loads}"
        f"DocumentRoot {folder}\n<VirtualHost *:{port}>\nServerName nobody.invalid\n</VirtualHost>\n"
        f"<VirtualHost *:{port}>\nServerName {hosts[0]}\nServerAlias {' '.join(hosts)}\nDocumentRoot {root}\n"
        f"<Directory {root}>\nAllowOverride All\nRequire all granted\n</Directory>\n</VirtualHost>\n"
    )
    return [program, "-f", str(conf), "-DFOREGROUND"], None


def caddy(program, rules, folder, port, hosts):
    conf = folder / "Caddyfile"
    conf.write_text(f"{{\n\tadmin off\n\tauto_https off\n\tstorage file_system {folder}/caddy\n}}\n{', '.join(f'http://{host}:{port}' for host in hosts)} {{\n\timport {rules}/Caddyfile\n}}\n")
    return [program, "run", "--config", str(conf), "--adapter", "caddyfile"], {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}


SERVERS = [("nginx", ["nginx"], nginx), ("apache", ["apache2", "httpd"], apache), ("caddy", ["caddy"], caddy)]


def found(names):
    for name in names:
        path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if path:
            return path


COUNTRIES = ["com", "co.uk", "de", "com.br", "jp", "co.id"]


def hosts_of(records):
    """The hosts at which a blog could be read."""
    named = []
    for record in records:
        addresses = [record.get("home_page_url"), *record.get("alternate_urls", [])] if record["type"] == "blog" else []
        addresses += [record.get("url")] if record["type"] == "post" and not named else []
        named += [urllib.parse.urlsplit(address).hostname for address in addresses if address]
    hosts = []
    for host in filter(None, named):
        plain = host.removeprefix("www.")
        blogger = re.fullmatch(r"(.+)\.blogspot\.[a-z.]+", plain)
        hosts += ["%s.blogspot.%s" % (blogger.group(1), end) for end in COUNTRIES] if blogger else [plain, "www." + plain]
    return list(dict.fromkeys(hosts)) or ["localhost"]


def expected(blogark, source, folder):
    """Old addresses (path and query) of public posts, each with where it must lead, and the hosts to ask for them at."""
    lines = subprocess.run([blogark, "convert", source, "--quiet", "--to", "jsonl"], stdout=subprocess.PIPE).stdout
    records = [json.loads(line) for line in lines.decode().splitlines()]
    posts = [r for r in records if r["type"] == "post" and r["status"] == "published"]
    for post in posts:
        # A Takeout knows its posts by their paths.
        post.setdefault("url", (post.get("_source") or {}).get("filename", ""))
    posts = [post for post in posts if post["url"]]
    titles = {}
    for file in folder.rglob("*.md"):
        text = file.read_text(encoding="utf-8")
        id_ = re.search(r'^id: "?([^"\n]+)"?$', text, re.M)
        slug = re.search(r"^slug: (.*)$", text, re.M)
        if id_ and slug:
            name = slug.group(1).strip()
            name = json.loads(name) if name.startswith('"') else name.strip("'")
            section = file.relative_to(folder).parts
            titles[id_.group(1)] = "/%s/%s/" % (section[section.index("content") + 1], name)
    wanted = {}
    for post in posts:
        new = titles.get(post["id"])
        if new is None:
            continue
        for address in [post["url"], *post.get("redirects_from", [])]:
            # A path that a mirror made relative is the one below the front page.
            parts = urllib.parse.urlsplit(urllib.parse.urljoin("http://old.invalid/", address))
            if parts.path in ("", "/") or parts.query:
                continue
            # Two posts that had one address: the first has it.
            wanted.setdefault(urllib.parse.unquote(parts.path).lower(), (urllib.parse.quote(urllib.parse.unquote(parts.path)), NEW + urllib.parse.quote(new)))
    # Hugo's own form of a label, where it is nothing but letters, digits, hyphens and spaces.
    for label in sorted({label for post in posts for label in post.get("tags", [])}):
        if re.fullmatch(r"[\w -]+", label) and label.strip() == label and "_" not in label:
            slug = "".join(c.lower()[0] for c in label).replace(" ", "-")
            path = "/search/label/" + urllib.parse.quote(label)
            wanted.setdefault(path.lower(), (path, NEW + "/tags/" + urllib.parse.quote(slug) + "/"))
    for feed in ("/feeds/posts/default", "/atom.xml", "/rss.xml"):
        wanted.setdefault(feed, (feed, NEW + "/index.xml"))
    wanted.setdefault("/", ("/", NEW + "/"))
    return list(wanted.values()), posts, hosts_of(records)


def ask(port, target, host):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", target, headers={"Host": "%s:%d" % (host, port)})
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.getheader("Location")


def same(a, b):
    return a is not None and urllib.parse.unquote(a) == urllib.parse.unquote(b)


def check(blogark, source, skipped):
    faults = []
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        os.chmod(place, 0o755)
        site = place / "site"
        done = subprocess.run(
            [blogark, "convert", source, "--quiet", "--flavor", "hugo", "--permalinks", "redirect", "--new-url", NEW, "--redirects", "nginx,apache,caddy", "-o", site],
            stderr=subprocess.PIPE,
            text=True,
        )
        if done.returncode not in (0, 3):
            return None, done.stderr.strip().splitlines()[-1:]
        if not (site / "_old-addresses").is_dir():
            return None, ["several blogs, or none"]
        wanted, posts, hosts = expected(blogark, source, site)
        asked = 0
        for name, programs, start in SERVERS:
            program = found(programs)
            if not program:
                skipped.add(name)
                continue
            folder = place / name
            (folder / "empty").mkdir(parents=True)
            os.chmod(folder, 0o777)
            port = free_port()
            command, more = start(program, site / "_old-addresses", folder, port, hosts)
            log = open(folder / "out.log", "w")
            server = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **(more or {})})
            try:
                for _ in range(100):
                    try:
                        ask(port, "/nothing-was-ever-here", hosts[0])
                        break
                    except OSError:
                        if server.poll() is not None:
                            break
                        time.sleep(0.1)
                if server.poll() is not None:
                    faults.append("%s did not start: %s" % (name, (folder / "out.log").read_text()[-600:]))
                    continue
                for host in hosts:
                    for path, new in wanted:
                        for target in (path, path + "?m=1"):
                            status, to = ask(port, target, host)
                            asked += 1
                            if (status, same(to, new)) != (301, True):
                                faults.append("%s: %s%s answers %s %s, not %s" % (name, host, target, status, to, new))
                status, to = ask(port, "/nothing-was-ever-here", hosts[0])
                if status == 301:
                    faults.append("%s: an address that never was leads to %s" % (name, to))
            finally:
                server.send_signal(signal.SIGTERM)
                try:
                    server.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    server.kill()
                    server.wait()
                log.close()
        return (len(wanted), asked, len(posts), len(hosts)), faults


def main():
    blogark, *inputs = sys.argv[1:]
    bad, total, skipped = 0, 0, set()
    for source in inputs:
        counts, faults = check(blogark, source, skipped)
        if counts is None:
            print("-      %s: not one blog, or not convertible: %s" % (source, " ".join(faults)))
            continue
        total += counts[1]
        bad += len(faults)
        print("%-6s %s: %d old addresses (%d public posts) at %d hosts, %d questions" % ("FAILED" if faults else "ok", source, counts[0], counts[2], counts[3], counts[1]))
        for fault in faults[:10]:
            print("       " + fault)
    if skipped:
        print("skipped, not on this machine: " + ", ".join(sorted(skipped)))
    print("%d questions, %d wrong answers" % (total, bad))
    sys.exit(1 if bad or not inputs else 0)


main()
