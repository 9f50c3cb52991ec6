use adw as _; use gtk as _; fn main(){}
