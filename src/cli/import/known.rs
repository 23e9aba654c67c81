//! What `zeitnah import --help` says about exports: the shapes and the columns that are known, and a template.

use crate::source::file;

pub fn help() -> String {
    let mut help = String::from("Known by their header:\n");
    for shape in file::shapes() {
        help.push_str(&format!("  {shape}\n"));
    }
    help.push_str("\nAnything else by its columns; the word before the colon is what --map and [source.columns] take:\n");
    for (word, names) in file::known() {
        let names: Vec<&str> = names.iter().copied().filter(|n| *n != word).take(9).collect();
        help.push_str(&format!("  {word}: {}\n", names.join(", ")));
    }
    help.push_str(
        "\nA template:\n  id,published_at,rating,title,body,author,product,reply,reply_at\n  \
         r-1,2026-11-20 14:30,2,Lid leaks,It leaks when tilted.,Ann B.,Kettle 1 l,,\n",
    );
    help.push_str("\nExit code: 0 all of it was taken, 3 some rows were refused, 1 nothing was written,\n130 stopped by Ctrl-C: the same command goes on from there.\n");
    help
}
